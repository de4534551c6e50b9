"""The use cases of listings."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from listingapi.errors import ListingChanged, ListingNotFound
from listingapi.infra.database import Database
from listingapi.listings import repository
from listingapi.listings.schemas import ListingWrite, StoredListing, writable
from listingapi.wire import merge_patch

Clock = Callable[[], datetime]
Versions = frozenset[int] | None

# An option that is unset is there to be removed once more.
WITHOUT_OPTIONS = {"contact_phone_number": ""}


class ListingService:
    """Creates, reads and changes listings; a new price is appended to the listing's history in the same transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(self, data: ListingWrite, *, account_id: int) -> StoredListing:
        """Store a new listing; its price is the first entry of its history."""
        return await repository.insert(self._database, data, account_id=account_id, now=self._clock())

    async def get(self, listing_id: int) -> StoredListing:
        """Read a listing.

        Raises:
            ListingNotFound: there is no such listing.
        """
        found = await repository.get(self._database, listing_id)
        if found is None:
            raise ListingNotFound(listing_id)
        return found

    async def update(self, listing_id: int, data: ListingWrite, *, on: Versions = None) -> StoredListing:
        """Replace a listing; a new price is appended to its history.

        Raises:
            ListingNotFound: there is no such listing; none is created.
            ListingChanged: it is at none of the versions that the write is to be made `on`.
        """
        before = await self._get_on(listing_id, on) if on is not None else None
        after = await self._replace(listing_id, data, before)
        if after is None:
            raise ListingNotFound(listing_id) if before is None else ListingChanged(listing_id)
        return after

    async def patch(self, listing_id: int, patch: Any, *, on: Versions = None) -> StoredListing:
        """Change some properties of a listing, as RFC 7396 merges them.

        Raises:
            ListingNotFound: there is no such listing.
            ListingChanged: it is at none of the versions that the write is to be made `on`.
            InvalidRequest: the merged listing is not a ListingWrite.
        """
        while True:
            before = await self._get_on(listing_id, on)
            data = ListingWrite.read(merge_patch(WITHOUT_OPTIONS | writable(before.listing), patch))
            if after := await self._replace(listing_id, data, before):
                return after

    async def _get_on(self, listing_id: int, versions: Versions) -> StoredListing:
        found = await self.get(listing_id)
        if versions is not None and found.version not in versions:
            raise ListingChanged(listing_id)
        return found

    async def _replace(self, listing_id: int, data: ListingWrite, before: StoredListing | None) -> StoredListing | None:
        expected = before.version if before else None
        return await repository.replace(self._database, listing_id, data, now=self._clock(), expected_version=expected)
