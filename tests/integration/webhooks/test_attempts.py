"""What fails is tried again over days, until the receiver takes it, or wants no more."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from listingapi.webhooks import sending
from listingapi.webhooks.deliverer import NOT_SENT
from listingapi.webhooks.retrying import JITTER, PAUSES
from tests.clock import Clock
from tests.integration.webhooks.world import World
from tests.receivers import Receiver, answers, hangs, receiving


async def test_a_receiver_that_is_down_for_days_is_tried_ten_times(world: World, clock: Clock) -> None:
    async with receiving(answers(500)) as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        begun = clock.now
        for pause in PAUSES:
            await world.deliver()
            [delivery] = await world.log(made)
            due = datetime.fromisoformat(delivery["due_date"])
            assert pause <= due - clock.now <= pause * (1 + JITTER)
            clock.now = due - timedelta(microseconds=1)
            await world.deliver()
            clock.now = due
        await world.deliver()
        [delivery] = await world.log(made, state="failed")
        clock.advance(days=2)
        await world.deliver()

    assert [attempt["status"] for attempt in delivery["attempts"]] == [500] * 10
    assert "due_date" not in delivery
    assert len(receiver.received) == 10
    assert clock.now - begun > timedelta(days=3)
    assert len({received.headers["webhook-id"] for received in receiver.received}) == 1
    assert len({received.headers["webhook-timestamp"] for received in receiver.received}) == 10
    assert await world.state(made) == "active"


async def test_a_receiver_that_is_back_gets_what_waited(world: World, clock: Clock) -> None:
    async with receiving(hangs) as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await world.change_and_tell(1, 80_000)
        await world.deliver(seconds=0.1)
        assert await world.log(made, state="delivered") == []
        receiver.answer = answers(200)
        clock.advance(minutes=1)
        await world.deliver()

        assert len(await world.log(made, state="delivered")) == 2


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("3600", 3600, id="in seconds"),
        pytest.param(format_datetime(datetime(2023, 1, 12, 10, 23, 36, tzinfo=UTC), usegmt=True), 3600, id="as a date"),
        pytest.param("999999", 24 * 3600, id="for longer than a day"),
        pytest.param("soon", 5, id="as nobody can read it"),
        pytest.param("1", 5, id="for less than the pause"),
    ],
)
async def test_retry_after_is_honoured(world: World, clock: Clock, header: str, seconds: int) -> None:
    async with receiving(answers(503, Retry_After=header)) as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await world.change_and_tell(1, 80_000)
        await world.deliver()
        asked = len(receiver.received)
        clock.advance(seconds=seconds - 0.001)
        await world.deliver()
        early = len(receiver.received) - asked
        receiver.answer = answers(200)
        clock.advance(seconds=0.001 + 5 * JITTER)
        await world.deliver()

        assert 1 <= asked <= 2
        assert early == 0
        assert len(await world.log(made, state="delivered")) == 2


async def test_410_ends_the_webhook_until_it_is_made_active_again(world: World, clock: Clock) -> None:
    async with receiving(answers(410)) as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await world.deliver()
        state = await world.state(made)
        clock.advance(hours=1)
        await world.change_and_tell(1, 80_000)
        await world.deliver()
        ended = await world.log(made)
        receiver.answer = answers(200)
        await world.api.patch(f"/webhooks/{made['id']}", json={"state": "active"})
        await world.change_and_tell(1, 70_000)
        await world.deliver()

    assert state == "gone"
    assert [(each["state"], [attempt["status"] for attempt in each["attempts"]]) for each in ended] == [
        ("failed", [410])
    ]
    assert [each["state"] for each in await world.log(made)] == ["delivered", "failed"]
    assert await world.state(made) == "active"


async def test_410_is_heard_whatever_else_is_in_the_head(world: World) -> None:
    header = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
    async with receiving(answers(410, Retry_After=header)) as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await world.deliver()

    assert await world.state(made) == "gone"


async def test_410_of_an_address_from_before_ends_nothing(world: World) -> None:
    async with receiving() as other:

        async def moves_meanwhile(receiver: Receiver, writer: asyncio.StreamWriter) -> None:
            await world.api.patch(f"/webhooks/{made['id']}", json={"url": other.url})
            await answers(410)(receiver, writer)

        async with receiving(moves_meanwhile) as receiver:
            made = await world.subscribe_and_tell(receiver.url)
            await world.deliver()

    assert await world.state(made) == "active"


async def test_what_goes_wrong_here_is_a_failed_attempt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(sending.Sender, "post", breaks)
    async with receiving() as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await world.deliver()
        [delivery] = await world.log(made)

    assert delivery["state"] == "pending"
    assert [attempt["problem"] for attempt in delivery["attempts"]] == [NOT_SENT]
