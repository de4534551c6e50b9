"""The one way in which a listing is written: read all that it takes, decide, and commit unless someone was faster."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import cast
from weakref import WeakValueDictionary

from listingapi.access.scopes import Scope
from listingapi.answers import Answer
from listingapi.audit import repository as audit
from listingapi.errors import ListingChanged, ListingNotFound, ListingOfAnother
from listingapi.events import outbox
from listingapi.events.outbox import Occasion
from listingapi.events.schemas import Event
from listingapi.idempotency import repository as records
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.coalescing import Coalesced
from listingapi.infra.database import Database
from listingapi.infra.together import MOST_WAITING, WritesTogether
from listingapi.infra.write import Write
from listingapi.listings import announcements, lives, repository
from listingapi.listings.repository import Asked, Loaded
from listingapi.listings.schemas import StoredListing
from listingapi.prices import announcements as price_announcements
from listingapi.prices import appending
from listingapi.prices.appending import Flags
from listingapi.prices.schemas import Source
from listingapi.terms import Terms

# Of those that are decided at the same time, this much is read together.
LOADS = 1
LOADED_AT_ONCE = 100

Clock = Callable[[], datetime]
Part = Callable[[Write], None]


@dataclass(frozen=True, slots=True)
class Change:
    """What a use case makes of a listing.

    `after` is the listing with its next version, or as it was if there is nothing to change. `answer` makes the answer
    from what pricing rules object to. They are held against the price of `proposed`: that of `after` unless another is
    given, none for a correction. `also` are further parts of the write, `first` those that it depends on, `events` is
    what others are told beside what the listing before and after show.
    """

    after: StoredListing
    answer: Callable[[Flags], Answer]
    source: Source = "api"
    first: Sequence[Part] = ()
    also: Sequence[Part] = ()
    events: Sequence[Event] = ()
    proposed: StoredListing | None = None
    is_correction: bool = False

    @property
    def judged(self) -> StoredListing | None:
        """The listing whose price is held against the rules."""
        return None if self.is_correction else self.proposed or self.after

    def changes_price_of(self, before: StoredListing) -> bool:
        """Whether the listing gets another price, other than by a correction."""
        return not self.is_correction and self.after.price_eur != before.price_eur


Decide = Callable[[StoredListing, datetime], Awaitable[Change]]


SettleDue = Callable[[int, datetime], Awaitable[None]]
Changed = Callable[[int, int], None]


class PricesAreDue(Exception):
    """Prices that were scheduled for the listing come first: they are in force already."""

    def __init__(self, settle: SettleDue, now: datetime) -> None:
        super().__init__()
        self.settle = settle
        self.now = now


def _nobody(_: int, __: int) -> None:
    """Whoever keeps nothing need not know."""


class ListingWriter:
    """Writes listings: each write is one read and one statement, and takes effect whole or not at all.

    `changed` is told of each listing and its version after it was committed, and before it is answered. The writes of
    many callers are read for and written together, over the connections of `several`.
    """

    def __init__(
        self, database: Database, clock: Clock, changed: Changed = _nobody, several: Database | None = None
    ) -> None:
        self._database = database
        several = several or database
        self._together = WritesTogether(database, several)
        self._loads: Coalesced[Asked, Loaded] = Coalesced(
            partial(repository.load, several), looks=LOADS, keys_of_one=LOADED_AT_ONCE, most_waiting=MOST_WAITING
        )
        self._clock = clock
        self._changed = changed
        # Who was overtaken on a listing waits for the others who were, so that they do not overtake each other again.
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._settle_due: SettleDue | None = None

    def settle_first(self, settle_due: SettleDue) -> None:
        """Have what is due on a listing settled before anything else is written on it."""
        self._settle_due = settle_due

    async def create(self, attempt: Attempt, make: Callable[[int, datetime], Change], *, is_confirmed: bool) -> Answer:
        """Store a new listing, made from its id and the time."""
        while True:
            now = self._clock().astimezone(UTC)
            listing_id, loaded = await repository.prepare(self._database, attempt)
            await records.check_row(self._database, attempt, loaded.row, now)
            change = make(listing_id, now)
            flags = appending.flags_of(
                None, change.judged, loaded.rules, is_confirmed=is_confirmed, pointer="/latest_price_eur"
            )
            write = records.begin(attempt)
            repository.insert(write, change.after)
            _add_parts(write, change, flags, attempt, now)
            if answer := await self._commit(write, change, change.answer(flags), attempt, now):
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
            ListingOfAnother: it is not the caller's.
            ListingChanged: it is at none of the versions that the terms name.
            InsufficientScope, NotAuthenticated: its price would change, and the caller may not change prices.
            PriceRejected, PriceChangeNeedsConfirmation: pricing rules object to its new price.
        """
        attempt = partial(self._try, listing_id, terms, decide, is_confirmed=is_confirmed, pointer=pointer)
        while True:
            try:
                return await self._in_turn(listing_id, partial(attempt, settle_due=self._settle_due))
            except PricesAreDue as due:
                await due.settle(listing_id, due.now)

    async def settle(self, listing_id: int, terms: Terms, decide: Decide, *, is_confirmed: bool) -> Answer:
        """Change a listing as something decides that is due itself, and so waits for nothing else that is."""
        attempt = partial(self._try, listing_id, terms, decide, is_confirmed=is_confirmed, pointer="/price_eur")
        return await self._in_turn(listing_id, partial(attempt, settle_due=None))

    async def _in_turn(self, listing_id: int, attempt: Callable[[], Awaitable[Answer | None]]) -> Answer:
        if answer := await attempt():
            return answer
        async with self._turns.setdefault(listing_id, asyncio.Lock()):
            while not (answer := await attempt()):
                pass
            return answer

    async def _try(  # noqa: PLR0913 - all that a write is
        self,
        listing_id: int,
        terms: Terms,
        decide: Decide,
        *,
        is_confirmed: bool,
        pointer: str,
        settle_due: SettleDue | None,
    ) -> Answer | None:
        """Change a listing, unless someone else was faster."""
        now = self._clock().astimezone(UTC)
        loaded = await self._load(Asked(listing_id, terms.attempt.account_id, terms.attempt.key, now))
        await records.check_row(self._database, terms.attempt, loaded.row, now)
        found = _reached(loaded.listing, listing_id, terms)
        if settle_due and loaded.row["is_due"]:
            raise PricesAreDue(settle_due, now)
        before = _as_known(found, terms)
        change = await decide(before, now)
        if change.changes_price_of(before):
            terms.attempt.by.need(Scope.PRICES_WRITE)
        flags = appending.flags_of(before, change.judged, loaded.rules, is_confirmed=is_confirmed, pointer=pointer)
        if change.after is before and terms.attempt.key is None:
            return change.answer(flags)
        write = records.begin(terms.attempt)
        for add_to in change.first:
            add_to(write)
        repository.replace(write, before, change.after)
        if change.after is not before:
            _add_parts(write, change, flags, terms.attempt, now, before=before)
        return await self._commit(write, change, change.answer(flags), terms.attempt, now)

    async def _load(self, asked: Asked) -> Loaded:
        loaded = await self._loads.get(asked)
        return cast("Loaded", loaded)  # there is something for each

    async def _commit(
        self, write: Write, change: Change, answer: Answer, attempt: Attempt, now: datetime
    ) -> Answer | None:
        if not await records.commit(self._together, write, attempt, answer, now):
            return None
        self._changed(change.after.listing.id, change.after.version)
        return answer


def _add_parts(  # noqa: PLR0913 - all that a write is
    write: Write, change: Change, flags: Flags, attempt: Attempt, now: datetime, *, before: StoredListing | None = None
) -> None:
    after = change.after
    appending.append(write, after, by=attempt.by, flags=flags, now=now, source=change.source)
    for add_to in change.also:
        add_to(write)
    changed = lives.changed_between(before.listing, after.listing) if before else []
    audit.record(
        write,
        attempt.by,
        attempt.operation,
        now=now,
        listing_id=after.listing.id,
        version=after.version,
        details={"changed": changed} if changed else None,
    )
    outbox.enqueue(write, _events_of(before, change, flags, attempt), _occasion(after, attempt, now))


def _events_of(before: StoredListing | None, change: Change, flags: Flags, attempt: Attempt) -> list[Event]:
    after = change.after
    return [
        *announcements.events_of(before, after, flags),
        *price_announcements.events_of(before, after, by=attempt.by, flags=flags, source=change.source),
        *change.events,
    ]


def _occasion(after: StoredListing, attempt: Attempt, now: datetime) -> Occasion:
    return Occasion(
        listing_id=after.listing.id,
        version=after.version,
        account_id=after.account_id,
        time=lives.at(after, now),
        trace=attempt.trace,
    )


def _reached(found: StoredListing | None, listing_id: int, terms: Terms) -> StoredListing:
    if found is None:
        raise ListingNotFound(listing_id)
    if not terms.reach(found.account_id):
        raise ListingOfAnother(listing_id)
    return found


def _as_known(found: StoredListing, terms: Terms) -> StoredListing:
    if not terms.are_met_by(found.version):
        raise ListingChanged(found.listing.id)
    return found
