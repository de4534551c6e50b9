"""What is dead can be replayed, in the database as in RabbitMQ, and then takes effect once."""

from collections.abc import Callable
from typing import Any

import pytest

from listingapi.consuming.dead import REPLAYED_AT_ONCE, DeadEvent
from listingapi.consuming.letters import Letters
from listingapi.infra.database import Database
from listingapi.infra.start import StartError
from tests.conftest import TestDatabase
from tests.integration.consuming.dying import InDatabase, InRabbitMQ, Place, replay_all
from tests.integration.consuming.recording import Recorder, dead, waiting
from tests.integration.consuming.running import DEAD_QUEUE, consuming, effects_come_to, letters_in, publish, put
from tests.rabbitmq_server import VirtualHost

MANY = 2 * REPLAYED_AT_ONCE + 500
DIE = """
    INSERT INTO failed_event (listing_id, version, type, consumer, attempts, reason, event)
    SELECT 1 + number % 7, number, 'price.changed', consumer, 5, 'bad', '{}'
    FROM generate_series(1, $1) AS number, unnest(ARRAY['recorder', 'another']) AS consumer
"""


async def test_what_is_replayed_after_the_fix_takes_effect_once(
    place: Place, superuser: Any, recorder: Recorder
) -> None:
    await place.have_die(superuser, 1, 2)
    recorder.poisoned = set()
    async with place.opened() as there:
        assert await there.replay(None, ["1-1-price.changed"]) == 1
    await place.take_effect(superuser, 1)
    async with place.opened() as there:
        assert [one.id for one in await there.all("recorder")] == ["1-2-price.changed"]
    assert sum(await replay_all(place, "recorder")) == 1
    await place.take_effect(superuser, 2)
    assert sum(await replay_all(place)) == 0

    assert await recorder.effects(superuser) == [(1, 1), (1, 2)]


async def test_what_fails_again_is_dead_again(place: Place, superuser: Any, recorder: Recorder) -> None:
    await place.have_die(superuser, 1)
    await replay_all(place)
    await place.die(superuser, 1)
    async with place.opened() as there:
        found = await there.all(None)

    assert [(one.id, one.attempts) for one in found] == [("1-1-price.changed", 5)]
    assert recorder.tried == [(1, 1)] * 10


async def test_none_is_replayed_where_one_is_not_dead(place: Place, superuser: Any) -> None:
    await place.have_die(superuser, 1)
    with pytest.raises(StartError) as refused:
        async with place.opened() as there:
            await there.replay(None, ["1-1-price.changed", "1-9-price.changed"])
    async with place.opened() as there:
        assert len(await there.all(None)) == 1

    assert str(refused.value) == "Not dead, or not of that consumer: 1-9-price.changed. None was replayed."


async def test_a_replay_that_is_killed_before_it_ends_loses_and_doubles_nothing(
    events: Database,
    superuser: Any,
    recorder: Recorder,
    rabbitmq: VirtualHost,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = InRabbitMQ(events, rabbitmq, recorder)
    await place.have_die(superuser, 1)
    recorder.poisoned = set()
    hand_back: Callable[..., Any] = Letters.hand_back

    async def killed_after(*given: Any) -> None:
        await hand_back(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(Letters, "hand_back", killed_after)
    with pytest.raises(KeyboardInterrupt):
        await replay_all(place)
    monkeypatch.undo()
    await place.take_effect(superuser, 1)
    assert await replay_all(place) == [1]
    async with consuming(rabbitmq, events, recorder.consumer):
        await publish(rabbitmq, recorder.consumer, [(1, 2)])
        await effects_come_to(recorder, superuser, 2)

    assert await recorder.effects(superuser) == [(1, 1), (1, 2)]
    assert await letters_in(rabbitmq, DEAD_QUEUE) == []


async def test_many_are_replayed_without_comparing_each_with_all(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compared(*_: object) -> bool:
        pytest.fail("Two dead events were compared.")

    place = InRabbitMQ(events, rabbitmq, recorder)
    await place.have_die(superuser, 1, 2, 3)
    recorder.poisoned = set()
    monkeypatch.setattr(DeadEvent, "__eq__", compared)
    async with place.opened() as there:
        assert await there.replay(None, [one.id for one in await there.all(None)]) == 3
    await place.take_effect(superuser, 3)


async def test_a_message_that_is_no_event_is_shown_and_can_be_replayed(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    place = InRabbitMQ(events, rabbitmq, recorder)
    await publish(rabbitmq, recorder.consumer, [])
    await put(rabbitmq, "listingapi.recorder", b"\xffno event")
    await publish(rabbitmq, recorder.consumer, [(1, 1)])
    await place.take_effect(superuser, 1)
    async with place.opened() as there:
        [found] = await there.all(None)
        assert await there.replay(None, [found.id]) == 1

    assert found.id.startswith("message-")
    assert found.text == "\ufffdno event"
    assert found.reason == "Unreadable: It is no JSON object."


async def test_all_are_replayed_some_at_a_time(
    events: Database, database: TestDatabase, superuser: Any, recorder: Recorder
) -> None:
    place = InDatabase(events, database, recorder)
    await superuser.execute(DIE, MANY)

    assert await replay_all(place) == [REPLAYED_AT_ONCE, REPLAYED_AT_ONCE, 500]
    assert len(await waiting(superuser)) == len(await dead(superuser)) == MANY
    assert await replay_all(place) == [0]


async def test_what_dies_again_at_once_is_not_replayed_again_and_again(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = InRabbitMQ(events, rabbitmq, recorder)
    await place.have_die(superuser, 1, 2, 3)

    async def die_again(_: object, __: str, body: bytes) -> None:
        await put(rabbitmq, DEAD_QUEUE, body)

    monkeypatch.setattr(Letters, "hand_back", die_again)
    assert await replay_all(place) == [1, 1, 1]
    assert len(await letters_in(rabbitmq, DEAD_QUEUE)) == 3
