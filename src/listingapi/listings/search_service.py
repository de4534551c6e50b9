"""The use cases of finding listings."""

from datetime import UTC, datetime

from listingapi.infra.database import Database
from listingapi.listings import search
from listingapi.listings.schemas import Listing
from listingapi.pagination import LARGEST_BIGINT, BigInt, Page

Place = tuple[datetime, BigInt]

BEFORE_THE_FIRST = (datetime.max.replace(tzinfo=UTC), LARGEST_BIGINT)


class SearchService:
    """Finds listings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest_first(self, after: Place | None, limit: int) -> Page[Listing]:
        """A page of at most `limit` listings, newest first."""
        found = await search.newest_first(self._database, before=after or BEFORE_THE_FIRST, limit=limit + 1)
        return Page.of(found, limit, place=lambda listing: (listing.created_date, listing.id))
