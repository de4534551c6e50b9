"""All that the page of a history asks the API for at first, as it is put into the page for the app."""

from listingapi.access.callers import Caller
from listingapi.access.scopes import Scope
from listingapi.listings.access_schemas import Access
from listingapi.listings.access_service import AccessService
from listingapi.listings.schemas import StoredListing
from listingapi.preconditions import etag
from listingapi.prices.change_schemas import ScheduledPrice
from listingapi.prices.change_service import PriceChangeService
from listingapi.prices.service import PriceService
from listingapi.prices.window import Window
from listingapi.web.frames import as_data

ALL = Window(view="detailed")
# A longer history is asked for by the app, so that the page itself does not become late by it.
MOST_ENTRIES = 200
MOST_BYTES = 64 * 1024


class Histories:
    """Reads histories as web/src/prices/queries.ts would."""

    def __init__(self, prices: PriceService, changes: PriceChangeService, access: AccessService) -> None:
        self._prices = prices
        self._changes = changes
        self._access = access

    async def data_of(self, found: StoredListing, caller: Caller) -> str:
        """The history of a listing, which was read before; nothing for who is somebody, or where it is large.

        Raises:
            ListingNotFound, ListingWithdrawn: it has left the market since.
        """
        if not caller.is_anonymous:
            return ""
        listing_id = found.listing.id
        said = await self._prices.detailed_history(listing_id, ALL, caller, after=None, limit=MOST_ENTRIES)
        if said.last is not None:
            return ""
        access = await self._access.of(caller, [listing_id])
        prices = {
            "listing": found.listing,
            "etag": etag(found.version),
            "summary": await self._prices.summary(listing_id),
            "entries": said.items,
            "scheduled": await self._scheduled(listing_id, caller, access),
        }
        data = as_data("history", {"prices": prices, "access": access})
        return data if len(data.encode()) <= MOST_BYTES else ""

    async def _scheduled(self, listing_id: int, caller: Caller, access: Access) -> list[ScheduledPrice]:
        may_see = Scope.PRICES_WRITE in caller.scopes and listing_id in access.own_listings
        return await self._changes.scheduled(listing_id, caller) if may_see else []
