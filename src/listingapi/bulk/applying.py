"""Applies a batch of lines to the database, whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from listingapi.access.callers import COMMAND_LINE, Caller
from listingapi.audit import repository as audit
from listingapi.bulk import apply_repository, fresh_repository, repository
from listingapi.bulk.apply_repository import Applied, ChangedMeanwhile
from listingapi.bulk.fresh import fresh
from listingapi.bulk.lines import Row
from listingapi.bulk.parts import Refusal
from listingapi.bulk.there import There
from listingapi.bulk.turns import bare_ids, external_ids, given_ids, in_turns, largest_id, last_turn
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

    Listings are locked in the order of their ids, as by whoever else changes several of them. The first attempt locks
    only what it changes; if someone else writes the same listings at the same time, the next one locks all that it
    looks at.

    Raises:
        StartError: others are in the way each time.
    """
    largest = largest_id(rows)
    if largest is not None and not target.is_rehearsal:
        await repository.reserve_ids(target.connection, largest)
    for attempt in range(ATTEMPTS):
        try:
            async with target.connection.transaction():
                return await _apply_once(target, rows, now=now, lock_first=attempt > 0)
        except (ChangedMeanwhile, asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError):
            continue
    raise StartError("The same listings are written by someone else all the time: import the files again later.")


async def _apply_once(target: Target, rows: Sequence[Row], *, now: datetime, lock_first: bool) -> list[Applied]:
    new, others = await _parted(target, rows, now)
    await repository.stage(target.connection, others)
    if lock_first or last_turn(others) > 1:
        await repository.lock_matched(target.connection, target.account_id)
    applied = [await _add(target, new, now)] if new else []
    applied += [await _apply_turn(target, turn, now) for turn in range(1, last_turn(others) + 1)]
    if not target.is_rehearsal:
        await _tell(target, applied, now)
    return applied


async def _parted(target: Target, rows: Sequence[Row], now: datetime) -> tuple[list[Row], list[Row]]:
    """The rows with their turns: those of listings that are not there yet, and all others, which are to be judged."""
    bare = bare_ids(rows)
    known = await repository.external_ids(target.connection, target.account_id, bare) if bare else {}
    there = There(
        await fresh_repository.found_ids(target.connection, given_ids(rows)),
        await fresh_repository.found_names(target.connection, target.account_id, external_ids(rows)),
    )
    return there.part(in_turns(rows, known), now=now)


async def _add(target: Target, rows: Sequence[Row], now: datetime) -> Applied:
    """Add the listings of rows, which are not there yet."""
    drawn = await fresh_repository.take_ids(target.connection, target.ids_from, rows)
    listings = [fresh(listing_id, row, now) for listing_id, row in zip(drawn, rows, strict=True)]
    await fresh_repository.add(target.connection, target.account_id, listings, now=now)
    return Applied(len(rows), 0, 0, sum(len(listing.prices) for listing in listings), [])


async def _apply_turn(target: Target, turn: int, now: datetime) -> Applied:
    return await apply_repository.apply_turn(
        target.connection, target.account_id, turn, now=now, ids_from=target.ids_from
    )


async def _tell(target: Target, applied: Sequence[Applied], now: datetime) -> None:
    """Have the audit trail tell of what was written, in the transaction that writes it."""
    counts = {name: sum(getattr(turn, name) for turn in applied) for name in ("new", "changed", "entries")}
    if any(counts.values()):
        write = Write()
        write.guard("SELECT")
        by = Caller(target.account_id, frozenset(), COMMAND_LINE)
        audit.record(write, by, "import", now=now, details=counts)
        await write.run(Transaction(target.connection))
