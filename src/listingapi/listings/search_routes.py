"""The search of listings."""

from typing import Annotated, Any, Literal

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from listingapi.access.callers import requires
from listingapi.access.scopes import Scope
from listingapi.listings.filters import Search
from listingapi.listings.schemas import Listing
from listingapi.listings.search_schemas import DetailedListing
from listingapi.listings.search_service import SearchService, place_in
from listingapi.pagination import Page
from listingapi.paging import Paging
from listingapi.query import reader_of

PageLimit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many listings a page holds at most.")]
View = Annotated[
    Literal["plain", "detailed"],
    QueryParameter(description="`detailed`: each with the summary of its prices, and whether it is on the market."),
]


@get(
    "/",
    operation_id="get-listings",
    guards=[requires(Scope.LISTINGS_READ)],
    dependencies={"search": Provide(reader_of(Search), sync_to_thread=False)},
)
async def get_listings(
    search: NamedDependency[Search],
    searches: NamedDependency[SearchService],
    paging: NamedDependency[Paging],
    limit: PageLimit = 100,
    view: View = "plain",
) -> Response[list[Listing | DetailedListing]]:
    """Find listings: those on the market, newest first, if nothing else is asked for."""
    find = searches.detailed if view == "detailed" else searches.plain
    page: Page[Any] = await find(search, paging.start(place_in(search), search.identity), limit)
    return Response(list(page.items), headers=paging.link_header("/listings", page, search.identity))
