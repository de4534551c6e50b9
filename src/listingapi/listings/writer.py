"""The one way in which a listing is written: read all that it takes, decide, and commit unless someone was faster."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from listingapi.answers import Answer
from listingapi.errors import ListingChanged, ListingNotFound
from listingapi.idempotency import repository as records
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.database import Database
from listingapi.infra.write import Write
from listingapi.listings import repository
from listingapi.listings.schemas import StoredListing
from listingapi.prices import appending
from listingapi.prices.appending import Flags
from listingapi.terms import Terms

Clock = Callable[[], datetime]
Part = Callable[[Write], None]


@dataclass(frozen=True, slots=True)
class Change:
    """What a use case makes of a listing.

    `after` is the listing with its next version, or as it was if there is nothing to change. `answer` makes the answer
    from what pricing rules object to. `also` are further parts of the write.
    """

    after: StoredListing
    answer: Callable[[Flags], Answer]
    source: str = "api"
    also: Sequence[Part] = ()


Decide = Callable[[StoredListing, datetime], Change]


class ListingWriter:
    """Writes listings: each write is one read and one statement, and takes effect whole or not at all."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(self, attempt: Attempt, make: Callable[[int, datetime], Change], *, is_confirmed: bool) -> Answer:
        """Store a new listing, made from its id and the time."""
        while True:
            now = self._clock().astimezone(UTC)
            listing_id, loaded = await repository.prepare(self._database, attempt)
            await records.check_row(self._database, attempt, loaded.row, now)
            change = make(listing_id, now)
            flags = appending.flags_of(
                None, change.after, loaded.rules, now, is_confirmed=is_confirmed, pointer="/latest_price_eur"
            )
            write = records.begin(attempt)
            repository.insert(write, change.after)
            if answer := await self._commit(write, change, flags, attempt, now):
                return answer

    async def change(
        self,
        listing_id: int,
        terms: Terms,
        decide: Decide,
        *,
        is_confirmed: bool = False,
        pointer: str = "/latest_price_eur",
    ) -> Answer:
        """Change a listing as a use case decides; `pointer` is where the body has the price.

        Raises:
            ListingNotFound: there is no such listing.
            ListingChanged: it is at none of the versions that the terms name.
            PriceRejected, PriceChangeNeedsConfirmation: pricing rules object to its new price.
        """
        while True:
            now = self._clock().astimezone(UTC)
            loaded = await repository.load(self._database, listing_id, terms.attempt)
            await records.check_row(self._database, terms.attempt, loaded.row, now)
            before = _required(loaded.listing, listing_id, terms)
            change = decide(before, now)
            flags = appending.flags_of(
                before, change.after, loaded.rules, now, is_confirmed=is_confirmed, pointer=pointer
            )
            write = records.begin(terms.attempt)
            repository.replace(write, before, change.after)
            if answer := await self._commit(write, change, flags, terms.attempt, now):
                return answer

    async def _commit(
        self, write: Write, change: Change, flags: Flags, attempt: Attempt, now: datetime
    ) -> Answer | None:
        appending.append(write, change.after, account_id=attempt.account_id, flags=flags, now=now, source=change.source)
        for add_to in change.also:
            add_to(write)
        answer = change.answer(flags)
        return answer if await records.commit(self._database, write, attempt, answer, now) else None


def _required(found: StoredListing | None, listing_id: int, terms: Terms) -> StoredListing:
    if found is None:
        raise ListingNotFound(listing_id)
    if not terms.are_met_by(found.version):
        raise ListingChanged(listing_id)
    return found
