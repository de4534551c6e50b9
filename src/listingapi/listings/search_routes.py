"""The list of listings."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from listingapi.accounts.authentication import requires
from listingapi.accounts.scopes import Scope
from listingapi.listings.schemas import Listing
from listingapi.listings.search_service import Place, SearchService
from listingapi.pagination import link_header, read_cursor
from listingapi.parameters import CursorParameter

PageLimit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many listings a page holds at most.")]


@get("/", operation_id="get-listings", guards=[requires(Scope.LISTINGS_READ)])
async def get_listings(
    searches: NamedDependency[SearchService], limit: PageLimit = 100, cursor: CursorParameter = None
) -> Response[list[Listing]]:
    """List listings, newest first."""
    page = await searches.newest_first(read_cursor(cursor, Place), limit)
    return Response(list(page.items), headers=link_header("/listings", page, limit))
