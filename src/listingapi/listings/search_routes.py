"""The list of listings."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from listingapi.accounts.authentication import requires
from listingapi.accounts.scopes import Scope
from listingapi.listings.schemas import Listing
from listingapi.listings.search_service import Place, SearchService
from listingapi.paging import Paging

PageLimit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many listings a page holds at most.")]


@get("/", operation_id="get-listings", guards=[requires(Scope.LISTINGS_READ)])
async def get_listings(
    searches: NamedDependency[SearchService], paging: NamedDependency[Paging], limit: PageLimit = 100
) -> Response[list[Listing]]:
    """List listings, newest first."""
    page = await searches.newest_first(paging.start(Place, "listings"), limit)
    return Response(list(page.items), headers=paging.link_header("/listings", page, "listings"))
