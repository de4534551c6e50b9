"""Each delivery is made by one deliverer at a time, and by another one if that is killed."""

import asyncio

from listingapi.webhooks.deliverer import LEASE, MOST_OF_ONE_WEBHOOK
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.integration.webhooks.world import World
from tests.pools import opened
from tests.receivers import answers, hangs, receiving


async def test_two_deliverers_at_once_make_each_delivery_once(world: World, database: TestDatabase) -> None:
    async with receiving() as receiver:
        made = await world.subscribe(receiver.url)
        await world.fill(made, 300)
        one, two = world.deliverer(), world.deliverer()
        async with opened(database, pool_size=4) as two._database, one.running(), two.running():
            await world.is_delivered()
        ids = [received.headers["webhook-id"] for received in receiver.received]

    assert len(ids) == len(set(ids)) == 300
    assert receiver.most_at_once <= 2 * MOST_OF_ONE_WEBHOOK


async def test_what_a_killed_deliverer_had_is_delivered_after_its_lease(world: World, clock: Clock) -> None:
    async with receiving(hangs) as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        killed = world.deliverer()
        await killed._claim_some()
        await receiver.has(1)
        for task in killed._running:
            task.cancel()
        receiver.answer = answers(200)
        clock.advance(seconds=LEASE.total_seconds() - 1)
        await world.deliver()
        before = len(receiver.received)
        clock.advance(seconds=1)
        await world.deliver()
        first, again = receiver.received

    assert before == 1
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert [delivery["state"] for delivery in await world.log(made)] == ["delivered"]


async def test_who_lost_the_lease_notes_nothing(world: World, clock: Clock) -> None:
    async with receiving(hangs) as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        frozen = world.deliverer()
        await frozen._claim_some()
        await receiver.has(1)
        receiver.answer = answers(500)
        clock.advance(seconds=LEASE.total_seconds())
        await world.deliver()
        receiver.released.set()
        await asyncio.wait(frozen._running)
        [delivery] = await world.log(made)

    assert [attempt.get("status") for attempt in delivery["attempts"]] == [500]
