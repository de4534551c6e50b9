"""The use case of finding listings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from listingapi.infra.database import Database, Transaction
from listingapi.listings import search as repository
from listingapi.listings import wanted_repository
from listingapi.listings.filters import Search, Wanted
from listingapi.listings.rows import WrittenListing, listing_of, written_listing_of
from listingapi.listings.search_schemas import DetailedListing
from listingapi.listings.writer import Clock
from listingapi.pagination import BigInt, Page
from listingapi.prices.summary import PriceFacts, summary_of


class SearchService:
    """Finds listings, a page at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def plain(self, search: Search, after: Any, limit: int) -> Page[WrittenListing]:
        """A page of at most `limit` listings after a place in the search, to be written out."""
        found = await self._find(search, after, limit, detailed=False)
        return Page([written_listing_of(row) for row in found.items], found.last)

    async def detailed(self, search: Search, after: Any, limit: int) -> Page[DetailedListing]:
        """The same page, each listing with the summary of its prices and its state on the market."""
        found = await self._find(search, after, limit, detailed=True)
        now = self._clock()
        return Page([_detailed(row, now) for row in found.items], found.last)

    async def _find(self, search: Search, after: Any, limit: int, *, detailed: bool) -> Page[Any]:
        found = await repository.find(self._database, search, after=after, limit=limit + 1, detailed=detailed)
        page = found[:limit]
        more_follow = page and page[-1]["is_followed"]
        return Page(page, (page[-1]["place"], page[-1]["listing_id"]) if more_follow else None)


async def finds(transaction: Transaction, listing_id: int, wanted: Sequence[Wanted]) -> Sequence[bool]:
    """Whether a listing, as it is now, is one of those that are wanted, for each of these."""
    return await wanted_repository.judge(transaction, listing_id, wanted) if wanted else []


def place_in(search: Search) -> Any:
    """The kind of a place in the order of a search: what it is sorted by, and the id."""
    order, _ = repository.order_of(search)
    return tuple[order.kind, BigInt]  # type: ignore[name-defined]  # a type that is known only when it runs


def _detailed(row: Mapping[str, Any], now: datetime) -> DetailedListing:
    withdrawn_date = row["withdrawn_date"]
    return DetailedListing(
        **msgspec.structs.asdict(listing_of(row)),
        summary=summary_of(PriceFacts.of(row), now),
        status="on-market" if withdrawn_date is None else "withdrawn",
        withdrawn_date=withdrawn_date or UNSET,
    )
