"""The use cases of prices."""

from listingapi.errors import ListingNotFound
from listingapi.infra.database import Database
from listingapi.pagination import Page
from listingapi.prices import repository
from listingapi.prices.schemas import ListingPrice

BEFORE_THE_FIRST = 0


class PriceService:
    """Answers what a listing has cost over time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def history(self, listing_id: int, *, after_version: int | None, limit: int) -> Page[ListingPrice]:
        """A page of at most `limit` entries of a listing's history, oldest first.

        Raises:
            ListingNotFound: there is no such listing.
        """
        after = BEFORE_THE_FIRST if after_version is None else after_version
        found = await repository.history(self._database, listing_id, after_version=after, limit=limit + 1)
        if not found and not await repository.listing_exists(self._database, listing_id):
            raise ListingNotFound(listing_id)
        return Page.of(found, limit, place=lambda entry: entry.version)
