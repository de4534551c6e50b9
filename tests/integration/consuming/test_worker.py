"""`listingapi worker`: it may be killed at any moment, ends in order when it is told to, and says what it needs."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from tests.conftest import TestDatabase
from tests.integration.consuming.changes import LISTINGS, by_listing, changes
from tests.integration.consuming.recording import EFFECTS
from tests.integration.consuming.running import number_in, publish
from tests.kills.recorder import RECORDER
from tests.processes import READY
from tests.rabbitmq_server import VirtualHost
from tests.until import until

STOP_SECONDS = 30.0


@contextmanager
def working(environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """Run a worker with a consumer more, which records its effects, until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kills.process", "none", "worker"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout
        assert f"ListingAPI's worker. {READY}\n" in iter(process.stdout.readline, "")
        yield process
    finally:
        process.kill()
        process.communicate(timeout=STOP_SECONDS)


@pytest.fixture
def environment(database: TestDatabase, rabbitmq: VirtualHost) -> dict[str, str]:
    """The settings of a worker."""
    settings = database.settings(rabbitmq_url=rabbitmq.url)
    return {**os.environ, **settings.as_environment()}


async def effects_come_to(superuser: Any, number: int) -> None:
    """Wait until so many events have taken effect."""

    async def have_come() -> bool:
        return len(await superuser.fetch(EFFECTS, RECORDER.name)) >= number

    await until(have_come)


@pytest.mark.usefixtures("events")
async def test_workers_that_are_killed_take_no_effect_away_and_add_none(
    superuser: Any, rabbitmq: VirtualHost, environment: dict[str, str]
) -> None:
    given = changes(600)
    await publish(rabbitmq, RECORDER, given, at_once=LISTINGS)
    with ExitStack() as workers:
        active = workers.enter_context(working(environment))
        for number in (100, 250, 400):
            standing_by = workers.enter_context(working(environment))
            await effects_come_to(superuser, number)
            active.kill()
            active = standing_by
        await effects_come_to(superuser, len(given))

    assert by_listing([tuple(row) for row in await superuser.fetch(EFFECTS, RECORDER.name)]) == by_listing(given)


@pytest.mark.usefixtures("events")
async def test_a_worker_that_is_told_to_end_leaves_what_it_has_not_begun(
    superuser: Any, rabbitmq: VirtualHost, environment: dict[str, str]
) -> None:
    await publish(rabbitmq, RECORDER, changes(2000), at_once=LISTINGS)
    with working(environment) as worker:
        await effects_come_to(superuser, 50)
        worker.send_signal(signal.SIGTERM)
        said, _ = worker.communicate(timeout=STOP_SECONDS)

    done = len(await superuser.fetch(EFFECTS, RECORDER.name))
    assert (worker.returncode, "Traceback" in said) == (0, False)
    assert done < 2000

    async def all_are_back() -> bool:
        return await number_in(rabbitmq, f"listingapi.{RECORDER.name}") == 2000 - done

    await until(all_are_back)


def test_without_rabbitmq_there_is_nothing_to_do(database: TestDatabase) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "listingapi", "worker"],
        env={**os.environ, **database.settings().as_environment()},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "listingapi: There is nothing to take events from: set LISTINGAPI_RABBITMQ_URL. "
        "Without RabbitMQ, listingapi serve does what a worker does.\n"
    )
