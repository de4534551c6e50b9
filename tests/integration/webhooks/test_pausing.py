"""Webhooks that are paused, by a request or by themselves, suspended, moved and deleted."""

from datetime import timedelta
from typing import Any

import pytest

from listingapi.webhooks import delivery_repository
from listingapi.webhooks.retrying import JITTER, PAUSES
from tests.accounts import Accounts
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.integration.webhooks.world import World
from tests.receivers import answers, hangs, receiving
from tests.until import until


async def test_a_suspended_account_gets_nothing_until_it_is_resumed(
    world: World, database: TestDatabase, superuser: Any
) -> None:
    async with receiving() as receiver, Accounts.on(database) as accounts:
        made = await world.subscribe_and_tell(receiver.url)
        await accounts.suspend(1)
        await world.deliver()
        await world.change_and_tell(1, 80_000)
        during = len(receiver.received)
        await superuser.execute("UPDATE account SET is_suspended = false")
        await world.deliver()

    assert during == 0
    assert [delivery["event_id"] for delivery in await world.log(made)] == ["1-2-price.changed"]
    assert len(receiver.received) == 1


async def test_a_paused_webhook_is_told_nothing_and_goes_on_with_what_waited(world: World) -> None:
    async with receiving() as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await world.api.patch(f"/webhooks/{made['id']}", json={"state": "paused"})
        await world.deliver()
        await world.change_and_tell(1, 80_000)
        during = len(receiver.received)
        await world.api.patch(f"/webhooks/{made['id']}", json={"state": "active"})
        await world.deliver()

    assert during == 0
    assert [delivery["event_id"] for delivery in await world.log(made)] == ["1-2-price.changed"]
    assert len(receiver.received) == 1


async def test_what_waits_goes_to_where_the_webhook_has_moved(world: World, clock: Clock) -> None:
    async with receiving(answers(500)) as old, receiving() as new:
        made = await world.subscribe_and_tell(old.url)
        await world.deliver()
        await world.api.patch(f"/webhooks/{made['id']}", json={"url": new.url})
        clock.advance(minutes=1)
        await world.deliver()

    assert (len(old.received), len(new.received)) == (1, 1)


async def test_a_deleted_webhook_gets_nothing(world: World) -> None:
    async with receiving() as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await world.api.delete(f"/webhooks/{made['id']}")
        await world.deliver()

    assert receiver.connections == 0


async def test_a_webhook_for_which_too_much_waits_is_paused(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_repository, "MOST_PENDING", 5)
    async with receiving(hangs) as receiver:
        full, other = await world.subscribe(receiver.url), await world.subscribe(receiver.url)
        path = f"/webhooks/{full['id']}"
        for made, number in ((full, 6), (other, 5)):
            await world.fill(made, number, due=clock.now + timedelta(minutes=1))
        async with world.deliverer().running():

            async def is_paused() -> bool:
                return await world.state(full) == "paused"

            await until(is_paused)
        told = (await world.api.get(path)).json()
        moved = (await world.api.patch(path, json={"url": receiver.url + "/2"})).json()
        again = (await world.api.patch(path, json={"state": "active"})).json()

    assert told["paused_reason"] == moved["paused_reason"] == "more than 100000 deliveries are waiting"
    assert again["state"] == "active"
    assert "paused_reason" not in again
    assert await world.state(other) == "active"


async def fail_for_good(world: World) -> None:
    """Let all attempts fail at what waits, days on end."""
    for pause in (timedelta(), *PAUSES):
        world.clock.now += pause * (1 + JITTER)
        await world.deliver()


async def test_a_webhook_of_which_nothing_goes_well_for_days_is_paused(world: World) -> None:
    async with receiving(answers(404)) as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await fail_for_good(world)
        first = await world.state(made)
        await world.change_and_tell(1, 80_000)
        await fail_for_good(world)
        told = (await world.api.get(f"/webhooks/{made['id']}")).json()
        await world.api.patch(f"/webhooks/{made['id']}", json={"state": "active"})
        await world.change_and_tell(1, 70_000)
        await fail_for_good(world)

    assert first == "active"
    assert (told["state"], told["paused_reason"]) == ("paused", "nothing could be delivered for 5 days")
    assert await world.state(made) == "active"


async def test_a_webhook_of_which_something_goes_well_in_between_is_not_paused(world: World, clock: Clock) -> None:
    async with receiving(answers(404)) as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await fail_for_good(world)
        receiver.answer = answers(200)
        await world.change_and_tell(1, 80_000)
        await world.deliver()
        receiver.answer = answers(404)
        clock.advance(days=20)
        await world.change_and_tell(1, 70_000)
        await fail_for_good(world)

    assert [delivery["state"] for delivery in await world.log(made)] == ["failed", "delivered", "failed"]
    assert await world.state(made) == "active"


async def test_a_webhook_that_failed_long_ago_is_not_paused_for_a_hiccup(world: World, clock: Clock) -> None:
    async with receiving(answers(500)) as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await fail_for_good(world)
        clock.advance(days=20)
        await world.change_and_tell(1, 80_000)
        await world.deliver()

    assert [delivery["state"] for delivery in await world.log(made)] == ["pending", "failed"]
    assert await world.state(made) == "active"
