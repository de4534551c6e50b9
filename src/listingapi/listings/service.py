"""The use cases of single listings."""

from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from msgspec import UNSET

from listingapi.answers import Answer, answer
from listingapi.errors import ListingOnMarket
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.database import Database
from listingapi.listings import lives, market, repository
from listingapi.listings.market import on_market
from listingapi.listings.schemas import ListingWrite, Relisting, StoredListing, writable
from listingapi.listings.writer import Change, ListingWriter
from listingapi.preconditions import etag
from listingapi.terms import Terms
from listingapi.wire import merge_patch

# An option that is unset is there to be removed once more.
WITHOUT_OPTIONS = {"contact_phone_number": ""}


class ListingService:
    """Creates, reads and changes listings; a new price is appended to the listing's history in the same transaction."""

    def __init__(self, database: Database, writer: ListingWriter) -> None:
        self._database = database
        self._writer = writer

    async def create(self, data: ListingWrite, attempt: Attempt, *, is_confirmed: bool) -> Answer:
        """Store a new listing; its price is the first entry of its history."""

        def make(listing_id: int, now: datetime) -> Change:
            after = lives.created(listing_id, data, account_id=attempt.account_id, now=now)
            created = listing_answer(after, status=HTTPStatus.CREATED, Location=f"/listings/{listing_id}")
            return Change(after, lambda _: created)

        return await self._writer.create(attempt, make, is_confirmed=is_confirmed)

    async def get(self, listing_id: int) -> StoredListing:
        """Read a listing.

        Raises:
            ListingNotFound: there is no such listing.
            ListingWithdrawn: it is not on the market; the error has what it was.
        """
        return await market.read(self._database, listing_id)

    async def update(self, listing_id: int, data: ListingWrite, terms: Terms, *, is_confirmed: bool) -> Answer:
        """Replace a listing; a new price is appended to its history.

        Raises:
            ListingNotFound, ListingWithdrawn: there is no such listing on the market; none is created.
            ListingChanged: it is at none of the versions that the terms name.
        """

        async def decide(before: StoredListing, now: datetime) -> Change:
            return _changed(lives.replaced(on_market(before), data, now))

        return await self._writer.change(listing_id, terms, decide, is_confirmed=is_confirmed)

    async def patch(self, listing_id: int, patch: Any, terms: Terms, *, is_confirmed: bool) -> Answer:
        """Change some properties of a listing, as RFC 7396 merges them.

        Raises:
            ListingNotFound, ListingWithdrawn: there is no such listing on the market.
            ListingChanged: it is at none of the versions that the terms name.
            InvalidRequest: the merged listing is not a ListingWrite.
        """

        async def decide(before: StoredListing, now: datetime) -> Change:
            whole = merge_patch(WITHOUT_OPTIONS | writable(on_market(before).listing), patch)
            return _changed(lives.replaced(before, ListingWrite.read(whole), now))

        return await self._writer.change(listing_id, terms, decide, is_confirmed=is_confirmed)

    async def withdraw(self, listing_id: int, terms: Terms) -> Answer:
        """Take a listing off the market, and cancel what was scheduled for it; once more changes nothing.

        Raises:
            ListingNotFound: there is no such listing.
            ListingChanged: it is at none of the versions that the terms name.
        """
        account_id = terms.attempt.account_id

        async def decide(before: StoredListing, now: datetime) -> Change:
            if before.withdrawn_date:
                return Change(before, lambda _: _gone(before))
            after = lives.withdrawn(before, now)
            left = partial(repository.change_market, kind="withdrawn", after=after, account_id=account_id, now=now)
            cancelled = partial(repository.cancel_schedules, after=after)
            return Change(after, lambda _: _gone(after), also=(left, cancelled))

        return await self._writer.change(listing_id, terms, decide)

    async def relist(self, listing_id: int, data: Relisting, terms: Terms, *, is_confirmed: bool) -> Answer:
        """Bring a withdrawn listing back to the market, at another price if one is given; once more changes nothing.

        Raises:
            ListingNotFound: there is no such listing.
            ListingOnMarket: it is on the market, at another price.
            ListingChanged: it is at none of the versions that the terms name.
        """
        account_id = terms.attempt.account_id

        async def decide(before: StoredListing, now: datetime) -> Change:
            price_eur = None if data.latest_price_eur is UNSET else data.latest_price_eur
            if not before.withdrawn_date:
                if price_eur not in {None, before.price_eur}:
                    raise ListingOnMarket(listing_id)
                return _changed(before)
            after = lives.relisted(before, price_eur, now)
            back = partial(repository.change_market, kind="relisted", after=after, account_id=account_id, now=now)
            return Change(after, lambda _: listing_answer(after), also=(back,))

        return await self._writer.change(listing_id, terms, decide, is_confirmed=is_confirmed)


def listing_answer(stored: StoredListing, *, status: int = HTTPStatus.OK, **headers: str) -> Answer:
    """A listing with its ETag."""
    return answer(stored.listing, status=status, headers={"ETag": etag(stored.version), **headers})


def _changed(after: StoredListing) -> Change:
    return Change(after, lambda _: listing_answer(after))


def _gone(listing: StoredListing) -> Answer:
    return answer(status=HTTPStatus.NO_CONTENT, headers={"ETag": etag(listing.version)})
