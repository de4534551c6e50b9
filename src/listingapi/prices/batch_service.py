"""The use case of changing the prices of many listings at once."""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from msgspec import UNSET

from listingapi.access.callers import Caller
from listingapi.answers import Answer, answer
from listingapi.errors import (
    FieldProblem,
    InvalidRequest,
    ListingChanged,
    ListingNotFound,
    ListingOfAnother,
    PreconditionRequired,
    RequestError,
)
from listingapi.idempotency import repository as records
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.database import Database
from listingapi.infra.write import Write
from listingapi.listings import lives
from listingapi.listings.market import on_market
from listingapi.listings.schemas import StoredListing
from listingapi.listings.several import Found, find, lock
from listingapi.listings.writer import Changed, Clock
from listingapi.prices import announcements, appending, batch_repository
from listingapi.prices.batch_repository import NewPrice
from listingapi.prices.change_schemas import BatchLine, BatchResult, BatchResults, BatchWrite
from listingapi.prices.change_service import PriceChangeService

POINTER = "/price_eur"

Line = BatchLine | RequestError


class BatchService:
    """Changes the prices of up to 1 000 listings in one transaction, each line judged by itself."""

    def __init__(
        self, database: Database, clock: Clock, changes: PriceChangeService, changed: Changed, *, must_match: bool
    ) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._changed = changed
        self._must_match = must_match

    async def change(self, data: BatchWrite, attempt: Attempt, *, is_confirmed: bool) -> Answer:
        """Change what can be changed, and say for each line what became of it.

        Raises:
            RequestStillRunning, IdempotencyKeyReused, AlreadyAnswered: as for any write.
        """
        now = self._clock().astimezone(UTC)
        lines = self._read(data.prices)
        await self._changes.settle_due_among(_ids(lines), now)
        async with self._database.transaction() as transaction:
            await records.enter(transaction, attempt, now)
            found = await lock(transaction, _ids(lines))
            results, changes = _judge(lines, found, now, attempt.by, is_confirmed=is_confirmed)
            answered = answer(BatchResults(dry_run=False, results=results), status=HTTPStatus.MULTI_STATUS)
            write = Write()
            batch_repository.change(write, changes, attempt, now=now)
            await records.commit(transaction, write, attempt, answered, now)
        for each in changes:
            self._changed(each.after.listing.id, each.after.version)
        return answered

    async def rehearse(self, data: BatchWrite, by: Caller, *, is_confirmed: bool) -> Answer:
        """Say for each line what would become of it, and change nothing."""
        now = self._clock().astimezone(UTC)
        lines = self._read(data.prices)
        found = await find(self._database, _ids(lines))
        results, _ = _judge(lines, found, now, by, is_confirmed=is_confirmed)
        return answer(BatchResults(dry_run=True, results=results), status=HTTPStatus.MULTI_STATUS)

    def _read(self, lines: Sequence[Any]) -> list[Line]:
        """Each line, or what is wrong with it; a listing may be named once."""
        seen: dict[int, int] = {}
        return [self._read_line(number, line, seen) for number, line in enumerate(lines, 1)]

    def _read_line(self, number: int, value: Any, seen: dict[int, int]) -> Line:
        try:
            line = BatchLine.read(value)
        except InvalidRequest as error:
            return error
        first = seen.setdefault(line.listing_id, number)
        if first != number:
            return InvalidRequest([FieldProblem("/listing_id", f"must not be that of line {first} again")])
        if self._must_match and line.version is UNSET:
            return PreconditionRequired()
        return line


def _ids(lines: Sequence[Line]) -> list[int]:
    return [line.listing_id for line in lines if isinstance(line, BatchLine)]


def _judge(
    lines: Sequence[Line], found: dict[int, Found], now: datetime, by: Caller, *, is_confirmed: bool
) -> tuple[list[BatchResult], list[NewPrice]]:
    changes: list[NewPrice] = []
    results = []
    for number, line in enumerate(lines, 1):
        try:
            result = _change(*_target(line, found, by), now, changes, is_confirmed=is_confirmed)
        except RequestError as error:
            listing_id = line.listing_id if isinstance(line, BatchLine) else UNSET
            result = _refused(error, listing_id)
        result.line = number
        results.append(result)
    return results, changes


def _target(line: Line, found: dict[int, Found], by: Caller) -> tuple[BatchLine, Found]:
    if isinstance(line, RequestError):
        raise line
    if line.listing_id not in found:
        raise ListingNotFound(line.listing_id)
    listing, rules = found[line.listing_id]
    if listing.account_id != by.account_id:
        raise ListingOfAnother(line.listing_id)
    if line.version not in {UNSET, listing.version}:
        raise ListingChanged(line.listing_id)
    return line, (listing, rules)


def _change(
    line: BatchLine, found: Found, now: datetime, changes: list[NewPrice], *, is_confirmed: bool
) -> BatchResult:
    listing, rules = found
    after = lives.repriced(on_market(listing), line.price_eur, now)
    flags = appending.flags_of(listing, after, rules, is_confirmed=is_confirmed, pointer=POINTER)
    if after.price_version != after.version:
        return _result(listing, (), HTTPStatus.OK)
    event = announcements.changed(listing.price_eur, after, account_id=after.account_id, flags=flags, source="api")
    changes.append(NewPrice(after, flags, event))
    return _result(after, flags, HTTPStatus.CREATED)


def _result(listing: StoredListing, flags: appending.Flags, status: int) -> BatchResult:
    return BatchResult(
        line=1,
        listing_id=listing.listing.id,
        status=status,
        version=listing.price_version,
        price_eur=listing.price_eur,
        created_date=listing.price_changed_date,
        flags=list(flags) or UNSET,
    )


def _refused(error: RequestError, listing_id: Any) -> BatchResult:
    return BatchResult(line=1, listing_id=listing_id, status=error.status, message=error.detail, type=error.problem_uri)
