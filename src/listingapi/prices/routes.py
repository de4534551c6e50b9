"""The operations on prices."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from listingapi.accounts.authentication import requires
from listingapi.accounts.scopes import Scope
from listingapi.pagination import BigInt
from listingapi.paging import Paging
from listingapi.parameters import ListingId
from listingapi.prices.schemas import Price
from listingapi.prices.service import PriceService

PageLimit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many prices a page holds at most.")]


@get("/{id:str}/prices", operation_id="get-listing-prices", guards=[requires(Scope.LISTINGS_READ)])
async def get_listing_prices(
    listing_id: ListingId,
    prices: NamedDependency[PriceService],
    paging: NamedDependency[Paging],
    limit: PageLimit = 1000,
) -> Response[list[Price]]:
    """Answer a listing's prices over time, oldest first."""
    search = ("prices", listing_id)
    page = await prices.history(listing_id, after_version=paging.start(BigInt, search), limit=limit)
    history = [Price(entry.price_eur, entry.created_date) for entry in page.items]
    return Response(history, headers=paging.link_header(f"/listings/{listing_id}/prices", page, search))


router = Router("/listings", tags=["listings"], route_handlers=[get_listing_prices])
