"""Several processes answer requests: whatever becomes of one of them, all end in time, and with what started them."""

import signal
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from listingapi.workers import SECONDS_BETWEEN_STARTS
from tests import stillborn
from tests.conftest import TestDatabase
from tests.integration.serve.running import PATIENCE_SECONDS
from tests.servers import ServeProcess, serving
from tests.until import until

GONE_SECONDS = 30.0
# What holds up a process that checks another one shows by then.
NOTICED_SECONDS = 10.0


def workers_of(server: ServeProcess) -> Sequence[psutil.Process]:
    """The processes that answer requests, or are about to."""
    children = psutil.Process(server.process.pid).children()
    living = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in living if "spawn_main" in " ".join(child.cmdline())]


async def has_workers(server: ServeProcess, number: int = 2) -> bool:
    return len(workers_of(server)) == number


async def has_said(server: ServeProcess, event: str, times: int) -> bool:
    return len([line for line in server.printed if event in line]) >= times


async def answering(server: ServeProcess, workers: int = 2) -> Sequence[psutil.Process]:
    """The workers, once there are so many and one of them answers."""
    await until(partial(has_workers, server, workers))
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        (await client.get(f"{server.url}/livez")).raise_for_status()
    return workers_of(server)


async def replacement(server: ServeProcess) -> psutil.Process:
    """Kill one of the workers; the one that is started in its place, which has only begun to start."""
    before = await answering(server)
    before[0].kill()
    found: list[psutil.Process] = []

    async def is_there() -> bool:
        found[:] = [worker for worker in workers_of(server) if worker not in before]
        return bool(found)

    await until(is_there, pause=0.005)
    return found[0]


async def a_worker(server: ServeProcess) -> psutil.Process:
    return (await answering(server))[0]


@pytest.mark.parametrize("which", [a_worker, replacement])
async def test_it_ends_in_time_though_a_worker_does_nothing_any_more(
    database: TestDatabase, which: Callable[[ServeProcess], Any]
) -> None:
    with serving("--workers", "2", environment=database.settings().as_environment()) as server:
        still = await which(server)
        still.suspend()
        with pytest.raises(psutil.TimeoutExpired):  # whoever waits for it does so by now
            still.wait(2)
        told = time.monotonic()
        server.process.send_signal(signal.SIGTERM)

        await until(partial(has_workers, server, 1), NOTICED_SECONDS)
        assert server.process.wait(told + GONE_SECONDS - time.monotonic()) == 0
    assert not still.is_running()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGHUP])
async def test_it_ends_while_workers_have_only_begun(database: TestDatabase, stop: signal.Signals) -> None:
    environment = database.settings().as_environment()
    with serving("--workers", "2", environment=environment, module="tests.sluggish") as server:
        await until(partial(has_workers, server))
        server.process.send_signal(stop)

        assert server.process.wait(NOTICED_SECONDS) == 0


async def test_sighup_ends_it(database: TestDatabase) -> None:
    with serving("--workers", "2", environment=database.settings().as_environment()) as server:
        await answering(server)
        server.process.send_signal(signal.SIGHUP)

        assert server.process.wait(GONE_SECONDS) == 0


async def test_workers_that_have_only_begun_do_not_outlive_a_killed_server(database: TestDatabase) -> None:
    environment = database.settings().as_environment()
    with serving("--workers", "2", environment=environment, module="tests.sluggish") as server:
        await until(partial(has_workers, server))
        begun = workers_of(server)
        server.kill()
        _, alive = psutil.wait_procs(begun, PATIENCE_SECONDS)

    for worker in alive:
        worker.kill()
    assert alive == []


async def test_a_worker_that_can_not_begin_is_tried_again_now_and_then(database: TestDatabase, tmp_path: Path) -> None:
    """The other one answers meanwhile."""
    environment = database.settings().as_environment() | {stillborn.FILE: str(obstacle := tmp_path / "obstacle")}
    with serving("--workers", "2", environment=environment, module="tests.stillborn") as server:
        before = await answering(server)
        obstacle.touch()
        before[0].kill()
        await until(partial(has_said, server, "worker_ended", 2))
        began = time.monotonic()
        await until(partial(has_said, server, "worker_ended", 4))
        took = time.monotonic() - began
        assert len(await answering(server, workers=1)) == 1
        obstacle.unlink()
        await answering(server)

    assert took > SECONDS_BETWEEN_STARTS
    assert server.process.returncode == 0


async def test_where_no_worker_can_begin_that_is_said_and_it_ends(database: TestDatabase, tmp_path: Path) -> None:
    environment = database.settings().as_environment() | {stillborn.FILE: str(obstacle := tmp_path / "obstacle")}
    obstacle.touch()
    with serving("--workers", "2", environment=environment, module="tests.stillborn") as server:
        assert server.process.wait(GONE_SECONDS) == 2
    assert "listingapi: The processes that answer requests can't begin: the log says why.\n" in server.printed
