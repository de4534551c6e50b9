"""`listingapi serve` leaves nothing behind, however it ends; a database that dies is started again."""

import signal
import time
from pathlib import Path

import httpx
import psutil
import pytest

from tests.integration.serve.running import PATIENCE_SECONDS, postmaster
from tests.servers import ServeProcess, serving


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_all_that_it_started(data_dir: Path, stop: signal.Signals) -> None:
    with serving("--data-dir", str(data_dir)) as server:
        database = postmaster(data_dir)
        server.process.send_signal(stop)
        assert server.process.wait(PATIENCE_SECONDS) == 0
        assert not database.is_running()


def test_the_database_does_not_outlive_a_killed_server(data_dir: Path) -> None:
    with serving("--data-dir", str(data_dir)) as server:
        database = postmaster(data_dir)
        server.kill()
        database.wait(PATIENCE_SECONDS)

    with serving("--data-dir", str(data_dir)) as server:
        assert len(httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).json()) == 1


def test_a_database_that_dies_is_started_again(server: ServeProcess, data_dir: Path) -> None:
    httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).raise_for_status()
    killed = postmaster(data_dir)
    killed.kill()
    deadline = time.monotonic() + PATIENCE_SECONDS
    statuses = set()
    while 200 not in statuses and time.monotonic() < deadline:
        statuses.add(httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).status_code)

    assert statuses <= {200, 503}
    assert 200 in statuses
    assert postmaster(data_dir).pid != killed.pid


def test_workers_do_not_outlive_a_killed_server(data_dir: Path) -> None:
    with serving("--data-dir", str(data_dir), "--workers", "2") as server:
        httpx.get(f"{server.url}/listings", timeout=PATIENCE_SECONDS).raise_for_status()
        workers = psutil.Process(server.process.pid).children(recursive=True)
        server.kill()
        gone, alive = psutil.wait_procs(workers, PATIENCE_SECONDS)

    assert len(gone) >= 2
    assert alive == []
