"""The operations on listings."""

from typing import Annotated, Any

from litestar import Response, Router, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from listingapi.accounts.authentication import Caller, requires
from listingapi.accounts.scopes import Scope
from listingapi.listings.schemas import Listing, ListingWrite
from listingapi.listings.service import ListingService, Place
from listingapi.pagination import link_header, read_cursor
from listingapi.parameters import CursorParameter, ListingId

Listings = NamedDependency[ListingService]
PageLimit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many listings a page holds at most.")]


@get("/", operation_id="get-listings", guards=[requires(Scope.LISTINGS_READ)])
async def get_listings(
    listings: Listings, limit: PageLimit = 100, cursor: CursorParameter = None
) -> Response[list[Listing]]:
    """List listings, newest first."""
    page = await listings.newest_first(read_cursor(cursor, Place), limit)
    return Response(list(page.items), headers=link_header("/listings", page, limit))


@post("/", operation_id="post-listings", guards=[requires(Scope.LISTINGS_WRITE)])
async def create_listing(data: JSONBody[ListingWrite], caller: NamedDependency[Caller], listings: Listings) -> Listing:
    """Create a listing; its price is the first entry of its price history."""
    return await listings.create(data, account_id=caller.account_id)


@put("/{id:str}", operation_id="upsert-listing", guards=[requires(Scope.LISTINGS_WRITE)])
async def update_listing(listing_id: ListingId, data: JSONBody[ListingWrite], listings: Listings) -> Listing:
    """Replace a listing; a new price is appended to its price history. It never creates one."""
    return await listings.update(listing_id, data)


@patch("/{id:str}", operation_id="patch-listing", guards=[requires(Scope.LISTINGS_WRITE)])
async def patch_listing(listing_id: ListingId, data: JSONBody[dict[str, Any]], listings: Listings) -> Listing:
    """Change some properties of a listing by a JSON merge patch (RFC 7396)."""
    return await listings.patch(listing_id, data)


router = Router(
    "/listings", tags=["listings"], route_handlers=[get_listings, create_listing, update_listing, patch_listing]
)
