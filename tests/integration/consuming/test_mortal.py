"""A message that kills every worker dies alone: what was fetched with it does not."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from listingapi.infra.database import Database
from tests.conftest import TestDatabase
from tests.integration.consuming.mortal import FATAL
from tests.integration.consuming.recording import Recorder
from tests.integration.consuming.running import DEAD_QUEUE, consuming, effects_come_to, letters_in, number_in, publish
from tests.rabbitmq_server import VirtualHost
from tests.until import until

DELIVERY_LIMIT = 20
GIVEN = [(listing_id, 1) for listing_id in range(100)]


@asynccontextmanager
async def dying(rabbitmq: VirtualHost, database: TestDatabase) -> AsyncIterator[asyncio.subprocess.Process]:
    """Have workers die of the fatal event, one after the other, until the end of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.consuming.mortal", rabbitmq.url, database.serving_url,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        await process.communicate()


@pytest.mark.usefixtures("events")
async def test_a_message_that_kills_each_worker_dies_alone(
    superuser: Any, recorder: Recorder, rabbitmq: VirtualHost, database: TestDatabase
) -> None:
    rabbitmq.set_policy("limit", r"^listingapi\.recorder$", f'{{"delivery-limit": {DELIVERY_LIMIT}}}')
    await publish(rabbitmq, recorder.consumer, GIVEN)

    async def one_is_dead() -> bool:
        return await number_in(rabbitmq, DEAD_QUEUE) > 0

    async with dying(rabbitmq, database):
        await until(one_is_dead, 60)
        await effects_come_to(recorder, superuser, 99)
    [(body, headers)] = await letters_in(rabbitmq, DEAD_QUEUE)

    assert b'"id":"30-1-price.changed"' in body
    assert headers["x-first-death-reason"] == "delivery_limit"
    assert await recorder.effects(superuser) == [key for key in GIVEN if key != FATAL]


async def test_in_quiet_times_many_are_fetched_ahead(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    held = asyncio.Event()

    async def hold(key: tuple[int, int], _: Any) -> None:
        if key == (1, 1):
            await held.wait()

    async def are_fetched() -> bool:
        return await number_in(rabbitmq, "listingapi.recorder") == 0

    recorder.meanwhile = hold
    await publish(rabbitmq, recorder.consumer, GIVEN)
    async with consuming(rabbitmq, events, recorder.consumer):
        await until(are_fetched)
        held.set()
        await effects_come_to(recorder, superuser, len(GIVEN))

    assert await recorder.effects(superuser) == GIVEN
