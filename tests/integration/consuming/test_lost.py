"""What RabbitMQ should have, and has not, is brought to it."""

from datetime import timedelta
from typing import Any

from listingapi.consuming.in_process import InProcessBroker
from listingapi.consuming.lost import find_lost
from listingapi.infra.database import Database
from tests.conftest import TestDatabase
from tests.integration.consuming.dying import REASON, InDatabase, InRabbitMQ
from tests.integration.consuming.recording import Recorder, dead, event
from tests.integration.consuming.running import consuming, effects_come_to
from tests.rabbitmq_server import VirtualHost


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
