"""The use cases that change one listing's price: at once, or at a time to come."""

from asyncio import Semaphore, gather
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from http import HTTPStatus
from random import shuffle

from msgspec import UNSET

from listingapi.access.callers import Caller
from listingapi.answers import Answer, answer
from listingapi.errors import FieldProblem, InvalidRequest, NothingHere
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.database import Database
from listingapi.listings import lives, market
from listingapi.listings.market import on_market
from listingapi.listings.schemas import StoredListing
from listingapi.listings.writer import Change, ListingWriter
from listingapi.money import Euros
from listingapi.prices import announcements
from listingapi.prices import change_repository as repository
from listingapi.prices.appending import Flags
from listingapi.prices.change_schemas import AppendedPrice, PriceWrite, ScheduledPrice
from listingapi.prices.errors import (
    PriceChangeNeedsConfirmation,
    PriceRejected,
    ScheduledPriceNotFound,
    ScheduledPriceSettled,
    TooManyScheduledPrices,
)
from listingapi.prices.schedule import Schedule, Settlement, settlement_of
from listingapi.terms import Terms

POINTER = "/price_eur"
MOST_PENDING = 100
SETTLED_AT_ONCE = 4


class PriceChangeService:
    """Appends prices to histories, and schedules them."""

    def __init__(self, database: Database, writer: ListingWriter) -> None:
        self._database = database
        self._writer = writer
        writer.settle_first(self.settle_due)

    async def append(self, listing_id: int, data: PriceWrite, terms: Terms, *, is_confirmed: bool) -> Answer:
        """Give a listing a new price, now or from its effective date on; one that it has already adds no entry.

        Raises:
            ListingNotFound, ListingWithdrawn: there is no such listing on the market.
            InvalidRequest: the effective date is not in the future.
            TooManyScheduledPrices: no more can be scheduled for the listing.
        """
        if data.effective_date is not UNSET:
            return await self._schedule(
                listing_id, data.price_eur, data.effective_date, terms, is_confirmed=is_confirmed
            )

        async def decide(before: StoredListing, now: datetime) -> Change:
            after = lives.repriced(on_market(before), data.price_eur, now)
            if after.price_eur == before.price_eur:
                after = before
            return Change(after, partial(_appended, before, after))

        return await self._writer.change(listing_id, terms, decide, is_confirmed=is_confirmed, pointer=POINTER)

    async def _schedule(
        self, listing_id: int, price_eur: Euros, effective_date: datetime, terms: Terms, *, is_confirmed: bool
    ) -> Answer:
        async def decide(before: StoredListing, now: datetime) -> Change:
            after = lives.renumbered(on_market(before))
            if effective_date <= now:
                raise InvalidRequest([FieldProblem("/effective_date", "must be in the future")])
            if await repository.number_pending(self._database, listing_id) >= MOST_PENDING:
                raise TooManyScheduledPrices(MOST_PENDING)
            scheduled = Schedule(
                listing_id=listing_id,
                version=after.version,
                price_eur=price_eur,
                effective_date=effective_date,
                created_date=now,
                account_id=terms.attempt.account_id,
                actor=terms.attempt.by.actor,
                is_confirmed=is_confirmed,
            )
            accepted = answer(
                scheduled.as_answered(),
                status=HTTPStatus.ACCEPTED,
                headers={"Location": f"/listings/{listing_id}/prices/scheduled/{after.version}"},
            )
            return Change(
                after,
                lambda _: accepted,
                also=(partial(repository.schedule, listing_id=listing_id, scheduled=scheduled),),
                events=(announcements.scheduled(scheduled),),
                proposed=lives.repriced(before, price_eur, effective_date),
            )

        return await self._writer.change(listing_id, terms, decide, is_confirmed=is_confirmed, pointer=POINTER)

    async def scheduled(self, listing_id: int, by: Caller) -> list[ScheduledPrice]:
        """What was scheduled for a listing, the last first, with what became of it.

        Raises:
            ListingNotFound, ListingWithdrawn: there is no such listing on the market.
            NothingHere: it is not the caller's; what a price is to be is nobody else's business.
        """
        listing = await market.read(self._database, listing_id)
        if listing.account_id != by.account_id:
            raise NothingHere
        return [found.as_answered() for found in await repository.all_scheduled(self._database, listing_id)]

    async def cancel(self, listing_id: int, version: int, terms: Terms) -> Answer:
        """Cancel a scheduled price; once more changes nothing.

        Raises:
            ListingNotFound, ScheduledPriceNotFound: there is no such listing, or nothing of this version.
            ScheduledPriceSettled: it came into force already, or was refused.
        """

        async def decide(before: StoredListing, now: datetime) -> Change:
            found = await repository.scheduled(self._database, listing_id, version)
            if found is None:
                raise ScheduledPriceNotFound(version)
            if found.state not in {"pending", "cancelled"}:
                raise ScheduledPriceSettled(version, found.state)
            done = answer(status=HTTPStatus.NO_CONTENT)
            if found.state == "cancelled":
                return Change(before, lambda _: done)
            after = lives.renumbered(before)
            settle = partial(repository.settle, version=version, settlement=Settlement(after, "cancelled"), now=now)
            return Change(after, lambda _: done, also=(settle,))

        return await self._writer.change(listing_id, terms, decide)

    async def apply_due(self, now: datetime) -> None:
        """Make history of the scheduled prices whose time has come.

        Any number of processes may do this at once: each price is settled once, those of a listing in their order.
        """
        while listing_ids := await repository.listings_with_due(self._database, now):
            shuffle(listing_ids)  # so that several processes begin with different ones
            several = Semaphore(SETTLED_AT_ONCE)
            settling = (self._settle_one_of_many(listing_id, now, several) for listing_id in listing_ids)
            failures = [failed for failed in await gather(*settling, return_exceptions=True) if failed]
            if failures:
                raise failures[0]

    async def _settle_one_of_many(self, listing_id: int, now: datetime, several: Semaphore) -> None:
        async with several:
            await self.settle_due(listing_id, now)

    async def settle_due(self, listing_id: int, now: datetime) -> None:
        """Settle what is due on one listing, in the order of its effective dates."""
        for scheduled in await repository.due(self._database, listing_id, now):
            try:
                await self._apply(scheduled)
            except (PriceRejected, PriceChangeNeedsConfirmation) as refusal:
                await self._apply(scheduled, refusal=refusal.detail)

    async def settle_due_among(self, listing_ids: Sequence[int], now: datetime) -> None:
        """Settle what is due on some listings, before their prices are changed together."""
        for listing_id in await repository.those_with_due(self._database, listing_ids, now):
            await self.settle_due(listing_id, now)

    async def _apply(self, due: Schedule, *, refusal: str = "") -> None:
        async def decide(before: StoredListing, now: datetime) -> Change:
            found = await repository.scheduled(self._database, due.listing_id, due.version)
            if found is None or found.state != "pending":
                return Change(before, _nothing)
            settlement = settlement_of(due, before, now, refusal=refusal)
            settle = partial(repository.settle, version=due.version, settlement=settlement, now=now)
            return Change(settlement.after, _nothing, source="schedule", also=(settle,))

        terms = Terms(Attempt(due.by(), "apply-scheduled-price"))
        await self._writer.settle(due.listing_id, terms, decide, is_confirmed=due.is_confirmed)


def _nothing(_: Flags) -> Answer:
    return answer(status=HTTPStatus.NO_CONTENT)


def _appended(before: StoredListing, after: StoredListing, flags: Flags) -> Answer:
    entry = AppendedPrice(
        version=after.price_version,
        price_eur=after.price_eur,
        created_date=after.price_changed_date,
        flags=list(flags) or UNSET,
    )
    return answer(entry, status=HTTPStatus.OK if after is before else HTTPStatus.CREATED)
