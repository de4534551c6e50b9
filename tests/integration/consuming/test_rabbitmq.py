"""Over RabbitMQ, consumers act on each event once and in order; what they can't act on dies, and holds up no other."""

from typing import Any

import pytest
from prometheus_client import REGISTRY

from listingapi.consuming.incoming import written
from listingapi.consuming.letters import ATTEMPTS, REASON
from listingapi.infra.database import Database
from tests.integration.consuming.changes import LISTINGS, by_listing, changes
from tests.integration.consuming.recording import Key, Recorder, incoming, waiting
from tests.integration.consuming.running import (
    DEAD_QUEUE,
    consuming,
    effects_come_to,
    letters_in,
    number_in,
    publish,
    put,
)
from tests.rabbitmq_server import VirtualHost


async def test_events_take_effect_in_order(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    given = changes(300)
    async with consuming(rabbitmq, events, recorder.consumer):
        await publish(rabbitmq, recorder.consumer, given)
        await effects_come_to(recorder, superuser, len(given))

    assert await recorder.effects(superuser) == given
    assert await number_in(rabbitmq, "listingapi.recorder") == 0


async def test_what_was_published_before_anybody_listened_takes_effect(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    await publish(rabbitmq, recorder.consumer, [(1, 1)])
    await publish(rabbitmq, recorder.consumer, [(1, 1)])
    async with consuming(rabbitmq, events, recorder.consumer):
        await effects_come_to(recorder, superuser, 1)

    assert await recorder.effects(superuser) == [(1, 1)]


async def test_one_poison_message_among_a_thousand_dies_and_the_rest_pass(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    poison: Key = (7, 50)
    given = changes(1000)
    recorder.poisoned = {poison}
    async with consuming(rabbitmq, events, recorder.consumer):
        await publish(rabbitmq, recorder.consumer, given, at_once=LISTINGS)
        await effects_come_to(recorder, superuser, len(given) - 1)
        [(body, headers)] = await letters_in(rabbitmq, DEAD_QUEUE)

    effects = await recorder.effects(superuser)
    assert by_listing(effects) == by_listing(sorted(set(given) - {poison}))
    assert recorder.tried.count(poison) in {5, 6}  # with others first, which is not counted
    assert b'"id":"7-50-price.changed"' in body
    assert (headers[REASON], headers[ATTEMPTS]) == ("Poison: 7-50-price.changed is bad   ", 5)
    assert await superuser.fetch("SELECT FROM failed_event") == []


async def test_later_events_wait_in_order_while_one_is_tried_again(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    recorder.poisoned = {(1, 1)}
    async with consuming(rabbitmq, events, recorder.consumer, delays=(0.02, 0.03, 1.0, 1.0)):
        await publish(rabbitmq, recorder.consumer, [(1, 1), (1, 2), (2, 1), (1, 3)])
        await effects_come_to(recorder, superuser, 1)
        assert await recorder.effects(superuser) == [(2, 1)]
        recorder.poisoned = set()
        await effects_come_to(recorder, superuser, 4)

    assert await recorder.effects(superuser) == [(2, 1), (1, 1), (1, 2), (1, 3)]
    assert await waiting(superuser) == []


@pytest.mark.parametrize("body", [b"no event", b"{}", b'{"type":"org.listingapi.price.changed.v1"}'])
async def test_a_message_that_is_no_event_goes_to_the_dead_with_a_reason(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost, body: bytes
) -> None:
    before = number_of_dead()
    await publish(rabbitmq, recorder.consumer, [])
    await put(rabbitmq, "listingapi.recorder", body)
    async with consuming(rabbitmq, events, recorder.consumer):
        await publish(rabbitmq, recorder.consumer, [(1, 1)])
        await effects_come_to(recorder, superuser, 1)

    [(kept, headers)] = await letters_in(rabbitmq, DEAD_QUEUE)
    assert (kept, headers[ATTEMPTS]) == (body, 1)
    assert headers[REASON].startswith("Unreadable: ")
    assert number_of_dead() == before + 1


def number_of_dead() -> float:
    return REGISTRY.get_sample_value("listingapi_events_dead_total", {"consumer": "recorder"}) or 0


@pytest.mark.parametrize("kind", ["price.changed.v2", "listing.withdrawn.v1"])
async def test_a_message_of_another_type_is_kept_for_the_release_that_acts_on_it(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost, kind: str
) -> None:
    """A worker of before may be the active one where a later release is brought in."""
    await publish(rabbitmq, recorder.consumer, [])
    body = written(incoming(1, 1)).replace(b"price.changed.v1", kind.encode())
    await put(rabbitmq, "listingapi.recorder", body)
    async with consuming(rabbitmq, events, recorder.consumer):
        await publish(rabbitmq, recorder.consumer, [(1, 1)])
        await effects_come_to(recorder, superuser, 1)

    assert [kept for kept, _ in await letters_in(rabbitmq, DEAD_QUEUE)] == [body]
    assert await number_in(rabbitmq, "listingapi.recorder") == 0
