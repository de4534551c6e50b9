"""Where consumers leave what is dead: in the database, or in RabbitMQ."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from listingapi.consuming.dead import DeadEvents
from listingapi.consuming.dead_queues import opened_dead_events
from listingapi.consuming.in_process import InProcessBroker
from listingapi.infra.database import Database
from tests.conftest import TestDatabase
from tests.integration.consuming.recording import Recorder, dead, event, make_due, waiting
from tests.integration.consuming.running import DEAD_QUEUE, consuming, effects_come_to, number_in, publish
from tests.rabbitmq_server import VirtualHost
from tests.until import until

REASON = "Poison: 1-1-price.changed is bad   "


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


async def replay_all(place: Place, consumer: str | None = None) -> list[int]:
    """Replay all that is dead; returns how many at a time."""
    async with place.opened() as there:
        return [number async for number in there.replay_all(consumer)]
