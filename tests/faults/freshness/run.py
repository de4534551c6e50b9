"""The test of freshness: many read and write the same listings everywhere, and nobody reads what is too old."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import TestDatabase
from tests.faults.freshness import trouble
from tests.faults.freshness.checking import Evidence, Found, check
from tests.faults.freshness.clients import Task
from tests.faults.freshness.crowds import Crowds
from tests.faults.freshness.ending import create_listings, history_of, last_answers, new_key
from tests.faults.freshness.latencies import Latencies, latencies
from tests.faults.freshness.places import SERVERS, Places, places
from tests.faults.freshness.promises import EDGE_SECONDS
from tests.faults.freshness.stale_redis import StaleRedis
from tests.faults.freshness.story import Body
from tests.faults.freshness.trouble import Record
from tests.planting import NONE

CROWDS = 2
CALM_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is read and written by how many, how long Redis is harmed each time, and how often a server ends.

    Where the end is calm, all places are asked once more by then.
    """

    reads: int = 1_000_000
    changes: int = 20_000
    listings: int = 50
    readers: int = 32
    writers: int = 16
    harm_seconds: float = 4.0
    restarts: int = 4
    has_calm_end: bool = True
    bug: str = NONE


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, and what is wrong."""

    plan: Plan
    seconds: float
    reads: Mapping[str, int]
    acknowledged: int
    excused: int
    record: Record
    latencies: Mapping[str, Latencies]
    found: Found


def run(plan: Plan, database: TestDatabase, redis: StaleRedis, rabbitmq_url: str | None, folder: Path) -> Report:
    """Read, write and harm as planned, then see what was wrong."""
    key, record = asyncio.run(new_key(database)), Record()
    with places(database, redis.url, rabbitmq_url, plan.bug, folder) as where:
        listing_ids = asyncio.run(create_listings(where.addresses[SERVERS[0]], key, plan.listings))
        crowds = Crowds(_tasks(plan, where, key, listing_ids, folder), folder)
        began = time.monotonic()
        _play(plan, crowds, where, redis, record)
        seconds = time.monotonic() - began
        last = _last_answers(where, key, listing_ids) if plan.has_calm_end else ()
    told, history = crowds.told(), asyncio.run(history_of(database, listing_ids))
    evidence = Evidence(
        crowds.seen(), told.acknowledged, history, told.bodies, told.failures, record.outages, last
    )  # fmt: skip
    found = check(evidence)
    excused = len(told.failures) - found.wrong["failures"]
    slow = latencies(crowds.seen(), record, listing_ids)
    return Report(plan, seconds, told.reads, len(told.acknowledged), excused, record, slow, found)


def _last_answers(where: Places, key: str, listing_ids: Sequence[int]) -> Sequence[tuple[str, Body]]:
    time.sleep(EDGE_SECONDS + CALM_SECONDS)
    return asyncio.run(last_answers(where.addresses, key, listing_ids))


def _tasks(plan: Plan, where: Places, key: str, listing_ids: Sequence[int], folder: Path) -> Sequence[Task]:
    return [
        Task(
            number=number,
            reads=plan.reads // CROWDS,
            changes=plan.changes // CROWDS,
            readers=plan.readers // CROWDS,
            writers=plan.writers // CROWDS,
            places=where.addresses,
            key=key,
            listing_ids=listing_ids,
            folder=str(folder),
        )
        for number in range(CROWDS)
    ]


def _play(plan: Plan, crowds: Crowds, where: Places, redis: StaleRedis, record: Record) -> None:
    with crowds.at_work():
        scripts = [
            trouble.harm_redis(redis, plan.harm_seconds, record),
            trouble.restart(list(where.servers.values()), plan.restarts, crowds.is_beyond, record),
            crowds.say(),
        ]
        trouble.play(scripts, lambda: crowds.is_over)
    assert not crowds.have_failed, "clients ended before they were done"
