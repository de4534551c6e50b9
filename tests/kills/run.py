"""The kill test: everything on an event's way is killed at random, and each change must take effect just once."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.conftest import TestDatabase
from tests.kills import stage
from tests.kills.cluster import Supervised, supervising, until_ready
from tests.kills.killer import Killer
from tests.kills.reckoning import Evidence, Reckoning, reckon
from tests.kills.writers import Address, Progress, Writer, create_listings
from tests.ports import free_ports
from tests.rabbitmq_server import VirtualHost

SERVERS = 2
RELAYS = 3
WORKERS = 2
SAY_SECONDS = 10.0
# Listings that follow each other are in different ones.
PARTITIONS = 16


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is written and killed; `bug` is the name of one that is planted."""

    writers: int = 32
    listings: int = 500
    changes: int = 50_000
    kills: int = 200
    bug: str = "none"


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, and what became of it."""

    plan: Plan
    killed: Mapping[str, int]
    effects: int
    seconds: float
    found: Reckoning

    def __str__(self) -> str:
        killed = ", ".join(f"{kind} {number}" for kind, number in sorted(self.killed.items()))
        found = ", ".join(f"{name} {number}" for name, number in self.found.numbers.items())
        return (
            f"bug planted: {self.plan.bug}; {self.plan.changes} changes acknowledged on {self.plan.listings} listings "
            f"in {self.seconds:.0f} s; {sum(self.killed.values())} kills ({killed}); {self.effects} effects: {found}"
        )


def run(plan: Plan, rabbitmq: VirtualHost, folder: Path) -> Report:
    """Write and kill as planned, then see what took effect."""
    rabbitmq.set_policy("delivery-limit", r"^listingapi\.[a-z]+$", '{"delivery-limit": 20}')
    with stage.stage(folder) as database:
        return asyncio.run(_run(plan, rabbitmq, folder, database))


async def _run(plan: Plan, rabbitmq: VirtualHost, folder: Path, database: TestDatabase) -> Report:
    settings = database.settings(rabbitmq_url=rabbitmq.url, database_pool_size=20)
    ports = free_ports(SERVERS)
    processes = _processes(plan.bug, ports, settings.as_environment(), folder)
    killer = Killer(processes, database.superuser_url, rabbitmq.server)
    addresses = [("127.0.0.1", port) for port in ports]
    async with supervising(processes):
        await until_ready(addresses)
        listing_ids = await create_listings(addresses[0], plan.listings)
        await stage.until_effective(database.superuser_url, listing_ids)
        await asyncio.to_thread(rabbitmq.server.keep_queues)
        evidence, seconds = await _write_and_kill(plan, addresses, listing_ids, killer)
        await until_ready(addresses)
        last = await create_listings(addresses[0], PARTITIONS)
        await stage.collect(database.superuser_url, evidence, last)
    return Report(plan, killer.killed, len(evidence.effects), seconds, reckon(evidence))


async def _write_and_kill(
    plan: Plan, addresses: Sequence[Address], listing_ids: Sequence[int], killer: Killer
) -> tuple[Evidence, float]:
    evidence, progress = Evidence(), Progress(plan.changes)
    start = monotonic()
    saying = asyncio.create_task(_say(progress, killer))
    async with asyncio.TaskGroup() as group:
        group.create_task(killer.kill_throughout(progress, plan.kills))
        for number in range(plan.writers):
            group.create_task(Writer(number, addresses, listing_ids).write(progress, evidence))
    saying.cancel()
    return evidence, monotonic() - start


async def _say(progress: Progress, killer: Killer) -> None:
    while True:
        await asyncio.sleep(SAY_SECONDS)
        print(f"{progress.done} of {progress.total} changes, {killer.killed.total()} kills", flush=True)


def _processes(bug: str, ports: Sequence[int], environment: Mapping[str, str], folder: Path) -> Sequence[Supervised]:
    def supervised(kind: str, number: int, *arguments: str) -> Supervised:
        return Supervised(kind, [bug, *arguments], environment, folder / f"{kind}-{number}.log")

    return [
        *(supervised("server", number, "serve", "--port", str(port)) for number, port in enumerate(ports)),
        *(supervised("relay", number, "relay") for number in range(RELAYS)),
        *(supervised("worker", number, "worker") for number in range(WORKERS)),
    ]
