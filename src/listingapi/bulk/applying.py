"""Applies a batch of lines to the database, whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from listingapi.access.callers import COMMAND_LINE, Caller
from listingapi.audit import repository as audit
from listingapi.bulk import apply_repository, repository
from listingapi.bulk.apply_repository import Applied, ChangedMeanwhile
from listingapi.bulk.lines import Row
from listingapi.bulk.parts import Refusal
from listingapi.bulk.turns import bare_ids, in_turns, largest_id
from listingapi.infra.database import Transaction
from listingapi.infra.start import StartError
from listingapi.infra.write import Write

ATTEMPTS = 5

# Verdicts of the database on a line that it refuses, in words.
REASONS = {
    "future": "it is of the future: a date of it is more than 5 minutes after now",
    "other-account": "listing {} belongs to another account",
    "other-listing": "listing {} is another one: it was created at another time, or has another external_id",
    "other-history": "prices contradict the price history of listing {}",
    "older-price": "its price differs, but is not newer than the newest entry in the price history of listing {}",
    "withdrawn": "the listing is withdrawn: relist it first",
    "older": "it differs from listing {}, but is older than the listing's last update",
}


@dataclass(frozen=True, slots=True)
class Target:
    """Where lines go: a connection and an account; a rehearsal writes to copies, and takes no ids that others miss."""

    connection: repository.Connection
    account_id: int
    is_rehearsal: bool = False

    @property
    def ids_from(self) -> str:
        """The sequence that new listings take their ids from."""
        return repository.REHEARSED_IDS if self.is_rehearsal else repository.LISTING_IDS


def refusals_of(applied: Applied) -> list[Refusal]:
    """The lines that the database refused, with the reason in words."""
    return [Refusal(line, REASONS[verdict].format(listing_id)) for line, verdict, listing_id in applied.refused]


async def apply(target: Target, rows: Sequence[Row], *, now: datetime) -> list[Applied]:
    """Apply rows in one transaction, and say what became of each turn.

    The first attempt locks only what it changes; if someone else changes the same listings at the same time, the
    next one locks all that it looks at.

    Raises:
        StartError: others are in the way each time.
    """
    for attempt in range(ATTEMPTS):
        try:
            async with target.connection.transaction():
                return await _apply_once(target, rows, now=now, lock_first=attempt > 0)
        except (ChangedMeanwhile, asyncpg.UniqueViolationError):
            continue
    raise StartError("The same listings are written by someone else all the time: import the files again later.")


async def _apply_once(target: Target, rows: Sequence[Row], *, now: datetime, lock_first: bool) -> list[Applied]:
    if not target.is_rehearsal:
        await repository.lock_account(target.connection, target.account_id)
    turns = await _stage(target, rows)
    if lock_first:
        await repository.lock_matched(target.connection, target.account_id)
    applied = [
        await apply_repository.apply_turn(target.connection, target.account_id, turn, now=now, ids_from=target.ids_from)
        for turn in range(1, turns + 1)
    ]
    if not target.is_rehearsal:
        await _tell(target, applied, now)
    return applied


async def _tell(target: Target, applied: Sequence[Applied], now: datetime) -> None:
    """Have the audit trail tell of what was written, in the transaction that writes it."""
    counts = {name: sum(getattr(turn, name) for turn in applied) for name in ("new", "changed", "entries")}
    if any(counts.values()):
        write = Write()
        write.guard("SELECT")
        by = Caller(target.account_id, frozenset(), COMMAND_LINE)
        audit.record(write, by, "import", now=now, details=counts)
        await write.run(Transaction(target.connection))


async def _stage(target: Target, rows: Sequence[Row]) -> int:
    """Stage the rows with their turns, and say how many turns there are."""
    largest, bare = largest_id(rows), bare_ids(rows)
    if largest is not None and not target.is_rehearsal:
        await repository.reserve_ids(target.connection, largest)
    known = await repository.external_ids(target.connection, target.account_id, bare) if bare else {}
    staged = list(in_turns(rows, known))
    await repository.stage(target.connection, staged)
    return max((row[0] for row in staged), default=0)
