"""One receiver's troubles are nobody else's."""

import pytest

from listingapi.webhooks import deliverer
from listingapi.webhooks.deliverer import MOST_OF_ONE_ACCOUNT, MOST_OF_ONE_WEBHOOK, MOST_OF_UNPROVEN
from tests.accounts import Accounts
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.integration.webhooks.world import World
from tests.receivers import answers, hangs, receiving, writes
from tests.until import until


async def test_a_slow_receiver_holds_up_nobody_else(world: World) -> None:
    async with receiving(hangs) as slow, receiving() as fast:
        first = await world.subscribe(slow.url)
        second = await world.subscribe(fast.url)
        await world.fill(first, 500)
        await world.fill(second, 200)
        async with world.deliverer().running():
            await fast.has(200)
            await slow.has(MOST_OF_ONE_WEBHOOK)
            at_once = slow.most_at_once

            async def is_done() -> bool:
                return len(await world.log(second, state="delivered")) == 100

            await until(is_done)

    assert at_once == MOST_OF_ONE_WEBHOOK
    assert len(slow.received) == MOST_OF_ONE_WEBHOOK


async def test_an_account_with_many_slow_receivers_holds_up_no_other_account(
    world: World, database: TestDatabase
) -> None:
    async with receiving(hangs) as slow, receiving() as fast, Accounts.on(database) as accounts:
        other = await accounts.add("other")
        for _ in range(30):
            made = await world.subscribe(slow.url)
            await world.fill(made, 10)
        quick = await world.subscribe(fast.url, await accounts.key(other))
        await world.fill(quick, 50, account_id=other)
        async with world.deliverer().running():
            await fast.has(50)
            await slow.has(MOST_OF_ONE_ACCOUNT)

    assert slow.most_at_once == MOST_OF_ONE_ACCOUNT
    assert fast.most_at_once <= MOST_OF_ONE_WEBHOOK


async def test_all_webhooks_of_an_account_have_their_turn(world: World) -> None:
    """None waits for what is left of another one."""
    async with receiving() as busy, receiving() as last:
        for receiver in [busy] * 12 + [last]:
            made = await world.subscribe(receiver.url)
            await world.fill(made, 200 if receiver is busy else 1)
        async with world.deliverer().running():
            await last.has(1)

        assert len(busy.received) < 12 * 200


async def test_a_receiver_that_answers_5xx_is_sent_one_at_a_time(world: World) -> None:
    async with receiving(answers(503)) as receiver:
        made = await world.subscribe(receiver.url)
        await world.fill(made, 1)
        await world.deliver()
        await world.fill(made, 20)
        receiver.most_at_once = 0
        await world.deliver()

    assert len(receiver.received) == 21
    assert receiver.most_at_once == 1


async def test_a_receiver_that_cannot_be_had_is_left_alone_for_a_while(world: World, clock: Clock) -> None:
    async with receiving(writes(b"")) as receiver:
        made = await world.subscribe(receiver.url)
        await world.fill(made, 100)
        tried = []
        for _ in range(4):
            await world.deliver()
            tried.append(len(receiver.received))
            clock.advance(minutes=5)
        receiver.answer = answers(200)
        await world.deliver()

    assert tried == [MOST_OF_ONE_WEBHOOK, MOST_OF_ONE_WEBHOOK + 1, MOST_OF_ONE_WEBHOOK + 2, MOST_OF_ONE_WEBHOOK + 3]
    assert len(receiver.received) == tried[-1] + 100


async def test_receivers_that_are_not_known_to_be_prompt_leave_room_for_those_that_are(
    world: World, database: TestDatabase
) -> None:
    async with receiving(hangs) as slow, receiving() as fast, Accounts.on(database) as accounts:
        prompt = await world.subscribe(fast.url)
        await world.fill(prompt, 1)
        await world.deliver()
        for number in range(12):
            account = await accounts.add(f"slow {number}")
            headers = await accounts.key(account)
            for _ in range(MOST_OF_ONE_ACCOUNT):
                await world.fill(await world.subscribe(slow.url, headers), 1, account_id=account)
        async with world.deliverer().running():
            await slow.has(MOST_OF_UNPROVEN)
            await world.fill(prompt, 20)
            await fast.has(21)
            at_once = slow.most_at_once

    assert at_once == MOST_OF_UNPROVEN


@pytest.mark.parametrize(
    ("limits", "is_prompt"),
    [pytest.param([15.0, 0.0], False, id="after long"), pytest.param([0.0, 15.0], True, id="soon")],
)
async def test_a_receiver_is_known_by_when_it_answered_last(
    world: World, monkeypatch: pytest.MonkeyPatch, limits: list[float], *, is_prompt: bool
) -> None:
    async with receiving() as receiver:
        made = await world.subscribe(receiver.url)
        for limit in limits:
            monkeypatch.setattr(deliverer, "PROMPT_SECONDS", limit)
            await world.fill(made, 1)
            await world.deliver()

    assert len(receiver.received) == len(limits)
    assert await world.superuser.fetchval("SELECT is_prompt FROM webhook") == is_prompt
