"""What is dead can be seen and replayed, in the database as in RabbitMQ, and then takes effect once."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage

from listingapi.consuming.dead import DeadEvent, DeadEvents
from listingapi.consuming.dead_queues import opened_dead_events
from listingapi.consuming.in_process import InProcessBroker
from listingapi.consuming.letters import Letters
from listingapi.consuming.lost import find_lost
from listingapi.infra.database import Database
from listingapi.infra.start import StartError
from tests.conftest import TestDatabase
from tests.integration.consuming.recording import Recorder, dead, event, make_due, waiting
from tests.integration.consuming.running import consuming, effects_come_to, letters_in, number_in, publish, put
from tests.rabbitmq_server import VirtualHost
from tests.until import until

REASON = "Poison: 1-1-price.changed is bad   "
DEAD_QUEUE = "listingapi.recorder.dead"


class InDatabase:
    """Consumers without RabbitMQ."""

    def __init__(self, events: Database, database: TestDatabase, recorder: Recorder) -> None:
        self._broker = InProcessBroker(events, [recorder.consumer])
        self._database = database
        self._recorder = recorder

    async def take_effect(self, superuser: Any, number: int) -> None:
        """Have consumers act on what there is; so many events have taken effect then."""
        await self._broker.retry_due()
        assert len(await self._recorder.effects(superuser)) == number

    def opened(self) -> AbstractAsyncContextManager[DeadEvents]:
        """The dead events, as a command sees them."""
        return opened_dead_events(self._database.serving_url, None, [self._recorder.consumer])

    async def have_die(self, superuser: Any, *versions: int) -> None:
        """Have events of listing 1 fail until they are dead."""
        self._recorder.poisoned |= {(1, version) for version in versions}
        for version in versions:
            await self._broker.publish(event(1, version))
        await self.die(superuser, len(versions))

    async def die(self, superuser: Any, number: int) -> None:
        """Have what is tried again fail until so many events are dead."""
        while await waiting(superuser):
            await make_due(superuser)
            await self._broker.retry_due()
        assert len(await dead(superuser)) == number


class InRabbitMQ:
    """Consumers over RabbitMQ."""

    def __init__(self, events: Database, rabbitmq: VirtualHost, recorder: Recorder) -> None:
        self._events = events
        self._rabbitmq = rabbitmq
        self._recorder = recorder

    async def take_effect(self, superuser: Any, number: int) -> None:
        """Have consumers act on what there is; so many events have taken effect then."""
        async with consuming(self._rabbitmq, self._events, self._recorder.consumer):
            await effects_come_to(self._recorder, superuser, number)

    def opened(self) -> AbstractAsyncContextManager[DeadEvents]:
        """The dead events, as a command sees them."""
        return opened_dead_events("", self._rabbitmq.url, [self._recorder.consumer])

    async def have_die(self, superuser: Any, *versions: int) -> None:
        """Have events of listing 1 fail until they are dead."""
        self._recorder.poisoned |= {(1, version) for version in versions}
        await publish(self._rabbitmq, self._recorder.consumer, [(1, version) for version in versions])
        await self.die(superuser, len(versions))

    async def die(self, superuser: Any, number: int) -> None:
        """Have what is tried again fail until so many events are dead."""

        async def are_dead() -> bool:
            is_over = await superuser.fetch("SELECT FROM failed_event") == []
            return is_over and await number_in(self._rabbitmq, DEAD_QUEUE) == number

        async with consuming(self._rabbitmq, self._events, self._recorder.consumer):
            await until(are_dead)


Place = InDatabase | InRabbitMQ


@pytest.fixture(params=["database", "rabbitmq"])
def place(
    request: pytest.FixtureRequest, events: Database, database: TestDatabase, recorder: Recorder
) -> InDatabase | InRabbitMQ:
    """Where the dead events are."""
    if request.param == "database":
        return InDatabase(events, database, recorder)
    return InRabbitMQ(events, request.getfixturevalue("rabbitmq"), recorder)


async def test_what_is_dead_is_shown_with_the_reason(place: Place, superuser: Any) -> None:
    await place.have_die(superuser, 1, 2)
    for _ in range(2):
        async with place.opened() as there:
            found = await there.all(None)

    assert [(one.id, one.consumer, one.attempts) for one in found] == [
        ("1-1-price.changed", "recorder", 5), ("1-2-price.changed", "recorder", 5),
    ]  # fmt: skip
    assert found[0].reason == REASON
    assert '"sequence": "1"' in found[0].text
    assert found[0].failed.endswith("Z")


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
        assert await there.replay("recorder", None) == 1
    await place.take_effect(superuser, 2)
    async with place.opened() as there:
        assert await there.replay(None, None) == 0

    assert await recorder.effects(superuser) == [(1, 1), (1, 2)]


async def test_what_fails_again_is_dead_again(place: Place, superuser: Any, recorder: Recorder) -> None:
    await place.have_die(superuser, 1)
    async with place.opened() as there:
        await there.replay(None, None)
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


async def test_a_consumer_that_there_is_not_is_a_sentence(place: Place) -> None:
    with pytest.raises(StartError) as refused:
        async with place.opened() as there:
            await there.all("nobody")

    assert str(refused.value) == "There is no consumer of that name: there are recorder."


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

    async with place.opened() as there:
        monkeypatch.setattr(Letters, "hand_back", killed_after)
        with pytest.raises(KeyboardInterrupt):
            await there.replay(None, None)
    monkeypatch.undo()
    await place.take_effect(superuser, 1)
    async with place.opened() as there:
        assert await there.replay(None, None) == 1
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
        assert await there.replay(None, None) == 3
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


async def test_what_rabbitmq_gives_up_is_among_the_dead(
    events: Database, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    """A message that kills whoever gets it, however often."""
    place = InRabbitMQ(events, rabbitmq, recorder)
    rabbitmq.set_policy("limit", r"^listingapi\.[a-z]+$", '{"delivery-limit": 2}')
    await publish(rabbitmq, recorder.consumer, [(1, 1)])
    for _ in range(3):
        assert b"1-1-price.changed" in await letter_of(rabbitmq, "listingapi.recorder")

    async def is_dead() -> bool:
        return await number_in(rabbitmq, DEAD_QUEUE) == 1

    await until(is_dead)
    async with place.opened() as there:
        [found] = await there.all(None)
    assert (found.id, found.reason) == ("1-1-price.changed", "RabbitMQ gave it up: delivery_limit")


async def letter_of(rabbitmq: VirtualHost, queue: str) -> bytes:
    """Take a message, and be gone without an acknowledgement."""
    async with await aio_pika.connect(rabbitmq.url) as connection, connection.channel() as channel:
        taken: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        await (await channel.get_queue(queue)).consume(taken.put)
        return (await asyncio.wait_for(taken.get(), 10)).body


async def test_what_was_dead_before_there_was_rabbitmq_is_brought_there(
    events: Database, database: TestDatabase, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    await InDatabase(events, database, recorder).have_die(superuser, 1)
    place = InRabbitMQ(events, rabbitmq, recorder)
    await find_lost(rabbitmq.url, events, [recorder.consumer])
    assert await dead(superuser) == [(1, 1, 5)]

    await grow_old(superuser)
    await find_lost(rabbitmq.url, events, [recorder.consumer])
    async with place.opened() as there:
        assert [(one.id, one.attempts, one.reason) for one in await there.all(None)] == [
            ("1-1-price.changed", 5, REASON)
        ]
    assert await dead(superuser) == []


async def test_what_rabbitmq_lost_comes_again(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    recorder.poisoned = {(1, 1)}
    broker = InProcessBroker(events, [recorder.consumer])
    await broker.publish(event(1, 1))
    await broker.publish(event(1, 2))
    recorder.poisoned = set()
    await grow_old(superuser)
    await find_lost(rabbitmq.url, events, [recorder.consumer])
    async with consuming(rabbitmq, events, recorder.consumer):
        await effects_come_to(recorder, superuser, 2)

    assert await recorder.effects(superuser) == [(1, 1), (1, 2)]


async def grow_old(superuser: Any) -> None:
    """Let an hour pass for what failed."""
    await superuser.execute(
        "UPDATE failed_event SET failed_date = failed_date - $1::interval, due_date = due_date - $1::interval",
        timedelta(hours=1),
    )
