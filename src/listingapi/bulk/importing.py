"""Imports files in batches, each a transaction of its own, so that an import can be interrupted and run again."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from listingapi.bulk import repository
from listingapi.bulk.account_lock import AccountLock
from listingapi.bulk.accounts import require_name
from listingapi.bulk.ahead import one_ahead
from listingapi.bulk.apply_repository import Applied
from listingapi.bulk.applying import Target, refusals_of
from listingapi.bulk.batches import Batch, read_batches
from listingapi.bulk.files import Format, size_of
from listingapi.bulk.lanes import Lanes
from listingapi.bulk.progress import Report, progress
from listingapi.bulk.rejects import Rejects, rejects_in
from listingapi.infra.database import CONNECTION_LOST, SERVING_ROLE, connect
from listingapi.infra.start import StartError

# Batches that are written at the same time.
LANES = 2

SESSION = {
    "role": SERVING_ROLE,
    "application_name": "listingapi import",
    # The tables may grow by orders of magnitude under one import. A plan that was made while they were empty, such as
    # those of the foreign keys' checks, stays good if it uses the indexes from the beginning.
    "enable_seqscan": "off",
    "jit": "off",
    "work_mem": "64MB",
    "temp_buffers": "64MB",
}


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What to import, into which account, and where refused lines go; a rehearsal writes nothing."""

    files: list[Path]
    account: str = "default"
    format: Format | None = None
    rejects: Path | None = None
    is_rehearsal: bool = False

    def __post_init__(self) -> None:
        """Take no account that can't be.

        Raises:
            StartError: nothing can have that name.
        """
        require_name(self.account)


@dataclass(slots=True)
class Summary:
    """What became of all lines."""

    lines: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    entries: int = 0
    refused: int = 0

    def add(self, applied: Applied) -> None:
        """Count what became of the lines of a turn."""
        self.new += applied.new
        self.changed += applied.changed
        self.unchanged += applied.unchanged
        self.entries += applied.entries

    def __str__(self) -> str:
        counts = {
            "Lines read": self.lines,
            "Listings new": self.new,
            "Listings changed": self.changed,
            "Listings unchanged": self.unchanged,
            "Price entries added": self.entries,
            "Lines refused": self.refused,
        }
        return "\n".join(f"{name:<20}{count:>12}" for name, count in counts.items())


def utc_now() -> datetime:
    return datetime.now(UTC)


async def import_files(url: str, plan: ImportPlan, *, clock: Callable[[], datetime] = utc_now) -> Summary:
    """Import the files of a plan in their order.

    Raises:
        StartError: a file can't be read, the rejects can't be written, or the database can't be reached or went away.
    """
    size = size_of(plan.files)
    with rejects_in(plan.rejects, plan.files) as rejects, progress(_title(plan)) as report:
        async with _lanes(url, plan) as lanes:
            return await _Import(lanes, rejects, report, size, clock).run(plan)


class _Import:
    def __init__(
        self, lanes: Lanes, rejects: Rejects, report: Report, size: int | None, clock: Callable[[], datetime]
    ) -> None:
        self._lanes = lanes
        self._rejects = rejects
        self._report = report
        self._size = size
        self._clock = clock
        self._summary = Summary()

    async def run(self, plan: ImportPlan) -> Summary:
        batches = one_ahead(read_batches(plan.files, plan.format))
        async with aclosing(self._lanes.apply(batches, self._clock)) as done:
            async for batch, applied in done:
                self._count(batch, applied)
        return self._summary

    def _count(self, batch: Batch, applied: list[Applied]) -> None:
        for turn in applied:
            self._summary.add(turn)
        self._rejects.add(batch, [*batch.refusals, *(refusal for turn in applied for refusal in refusals_of(turn))])
        self._summary.refused = self._rejects.count
        self._summary.lines += batch.lines
        self._report(batch.lines, self._expected_lines(batch.bytes_read))

    def _expected_lines(self, bytes_read: int) -> int | None:
        return self._summary.lines * self._size // bytes_read if self._size and bytes_read else None


@asynccontextmanager
async def _lanes(url: str, plan: ImportPlan) -> AsyncIterator[Lanes]:
    try:
        async with AsyncExitStack() as stack:
            yield await (_rehearsal if plan.is_rehearsal else _real)(url, plan, stack)
    except (asyncpg.PostgresError, *CONNECTION_LOST) as error:
        raise StartError(_ended_early(plan, str(error) or type(error).__name__)) from None


async def _rehearsal(url: str, plan: ImportPlan, stack: AsyncExitStack) -> Lanes:
    """One connection, as only that sees its copies."""
    connection = await _connection(url, stack)
    await repository.prepare(connection)
    await repository.copy_listings(connection)
    return Lanes([Target(connection, await _account(connection, plan), is_rehearsal=True)], None)


async def _real(url: str, plan: ImportPlan, stack: AsyncExitStack) -> Lanes:
    locking, *writing = [await _connection(url, stack) for _ in range(1 + LANES)]
    account_id = await _account(locking, plan)
    for connection in writing:
        await repository.prepare(connection)
    return Lanes([Target(connection, account_id) for connection in writing], AccountLock(locking, account_id))


async def _connection(url: str, stack: AsyncExitStack) -> repository.Connection:
    connection = await connect(url, server_settings=SESSION, statement_cache_size=0)
    stack.push_async_callback(connection.close)
    return connection


async def _account(connection: repository.Connection, plan: ImportPlan) -> int:
    account_id = await repository.find_account(connection, plan.account)
    if account_id is not None:
        return account_id
    print(f"The account {plan.account} is new.", file=sys.stderr)
    return repository.NO_ACCOUNT if plan.is_rehearsal else await repository.create_account(connection, plan.account)


def _ended_early(plan: ImportPlan, reason: str) -> str:
    if plan.is_rehearsal:
        return f"The dry run ended early, nothing was written: {reason}."
    return f"The import ended early; what was written stays, and a second import adds the rest: {reason}."


def _title(plan: ImportPlan) -> str:
    return "Rehearsing the import" if plan.is_rehearsal else "Importing"
