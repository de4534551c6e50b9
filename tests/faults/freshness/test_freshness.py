"""What is read is never wrong for being fast: the test of freshness in short; `make freshness` is the long form."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import TestDatabase
from tests.faults.freshness.planted import BUGS
from tests.faults.freshness.report import show
from tests.faults.freshness.run import Plan, run
from tests.faults.freshness.stale_redis import StaleRedis
from tests.faults.freshness.trouble import HARMED
from tests.planting import NONE

SHORT = Plan(reads=10_000, changes=400, harm_seconds=0.7, restarts=1)
WITH_A_BUG = replace(SHORT, reads=20_000, changes=1_000, restarts=0, has_calm_end=False)
MOST_RUNS = 6
# Whoever asks while Redis is frozen waits for that for a moment once, and for all else that this machine does.
LONGEST_SECONDS = 5.0


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaleRedis]:
    """A Redis to do things to."""
    server = StaleRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


def test_nobody_reads_what_is_older_than_promised(database: TestDatabase, redis: StaleRedis, tmp_path: Path) -> None:
    report = run(SHORT, database, redis, None, tmp_path)

    show(report)
    assert report.found.is_clean, report.found
    harmed = [took.longest for what, took in report.latencies.items() if what in HARMED]
    assert max(harmed) < LONGEST_SECONDS


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug != NONE])
def test_a_bug_that_is_planted_is_found(database: TestDatabase, redis: StaleRedis, tmp_path: Path, bug: str) -> None:
    """By one of a few runs: it takes a delay at the wrong moment."""
    for number in range(MOST_RUNS):
        folder = tmp_path / str(number)
        folder.mkdir()
        report = run(replace(WITH_A_BUG, bug=bug), database, redis, None, folder)
        show(report)
        if report.found.stale:
            return
    pytest.fail(f"{bug} was not found in {MOST_RUNS} runs.")
