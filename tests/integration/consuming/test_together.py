"""Several events take effect in one transaction, or none of them does."""

import asyncio
from typing import Any

import pytest

from listingapi.consuming.frame import DELAYS, Consumed, consume
from listingapi.consuming.incoming import Incoming
from listingapi.consuming.patience import Patience
from listingapi.consuming.together import consume_together
from listingapi.infra.database import Database, Transaction
from listingapi.infra.errors import DatabaseUnavailable
from tests.integration.consuming.recording import Recorder, dead, incoming, make_due, waiting
from tests.integration.consuming.running import consuming, effects_come_to, publish
from tests.rabbitmq_server import VirtualHost

SEVERAL = [incoming(2, 1), incoming(1, 1), incoming(2, 2)]
KEYS = [(2, 1), (1, 1), (2, 2)]
TRANSACTIONS = "SELECT count(DISTINCT xmin::text) FROM effect"


async def test_they_take_effect_in_order_in_one_transaction(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    assert await consume_together(events, recorder.consumer, SEVERAL)

    assert await recorder.effects(superuser) == KEYS
    assert await superuser.fetchval("SELECT count(DISTINCT xmin::text) FROM consumed_event") == 1
    assert await superuser.fetchval("SELECT count(*) FROM consumed_event") == len(KEYS)


async def test_one_that_comes_twice_or_again_takes_effect_once(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    await consume(events, recorder.consumer, incoming(1, 1))

    assert await consume_together(events, recorder.consumer, [*SEVERAL, incoming(2, 2)])
    assert await consume_together(events, recorder.consumer, SEVERAL)
    assert await recorder.effects(superuser) == [(1, 1), (2, 1), (2, 2)]


async def test_what_one_of_them_fails_of_leaves_nothing_of_any(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    recorder.poisoned = {(2, 2)}

    assert not await consume_together(events, recorder.consumer, SEVERAL)
    assert await recorder.effects(superuser) == []
    assert await superuser.fetch("SELECT FROM consumed_event UNION ALL SELECT FROM failed_event") == []


async def test_none_is_acted_on_while_an_earlier_one_of_a_listing_waits(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    recorder.poisoned = {(2, 1)}
    await consume(events, recorder.consumer, incoming(2, 1))
    recorder.tried.clear()

    assert not await consume_together(events, recorder.consumer, [incoming(1, 1), incoming(2, 2)])
    assert (recorder.tried, await waiting(superuser)) == ([], [(2, 1, 1)])


async def test_one_that_is_dead_holds_up_no_other_of_its_listing(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    recorder.poisoned = {(2, 1)}
    for _ in range(5):
        await consume(events, recorder.consumer, incoming(2, 1))
        await make_due(superuser)

    assert await consume_together(events, recorder.consumer, [incoming(1, 1), incoming(2, 2)])
    assert await recorder.effects(superuser) == [(1, 1), (2, 2)]


async def test_one_at_which_the_connection_was_lost_is_acted_on_by_itself(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    async def lose(_: object, transaction: Transaction) -> None:
        await transaction.fetch("SELECT pg_terminate_backend(pg_backend_pid())")

    patience = Patience(events, DELAYS)
    recorder.meanwhile = lose
    with pytest.raises(DatabaseUnavailable):
        await patience.consume(recorder.consumer, incoming(2, 1))
    recorder.meanwhile = None

    assert not await patience.consume_together(recorder.consumer, SEVERAL)
    assert await patience.consume(recorder.consumer, incoming(2, 1)) == Consumed()
    assert await patience.consume_together(recorder.consumer, SEVERAL)
    assert await recorder.effects(superuser) == KEYS


async def test_one_that_is_dead_is_not_brought_to_life(events: Database, superuser: Any, recorder: Recorder) -> None:
    recorder.poisoned = {(2, 1)}
    for _ in range(5):
        await consume(events, recorder.consumer, incoming(2, 1))
        await make_due(superuser)
    recorder.poisoned = set()

    assert not await consume_together(events, recorder.consumer, SEVERAL)
    assert await recorder.effects(superuser) == []
    assert await dead(superuser) == [(2, 1, 5)]


async def test_those_that_two_have_at_once_take_effect_once(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    several = [incoming(listing_id, 1) for listing_id in range(1, 40)]

    async def together(given: list[Incoming]) -> bool:
        return await consume_together(events, recorder.consumer, given)

    assert await asyncio.gather(*(together(several[:: 1 if number % 2 else -1]) for number in range(4))) == [True] * 4
    assert sorted(await recorder.effects(superuser)) == [(one.listing_id, 1) for one in several]


async def test_a_database_that_is_away_is_found_out_by_each(recorder: Recorder) -> None:
    assert not await consume_together(Database(pool_size=1), recorder.consumer, SEVERAL)
    assert recorder.tried == []


async def test_messages_that_have_come_share_transactions(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    keys = [(listing_id, 1) for listing_id in range(1, 200)]
    await publish(rabbitmq, recorder.consumer, keys, at_once=50)
    async with consuming(rabbitmq, events, recorder.consumer):
        await effects_come_to(recorder, superuser, len(keys))

    assert sorted(await recorder.effects(superuser)) == keys
    assert await superuser.fetchval(TRANSACTIONS) < len(keys) / 2
