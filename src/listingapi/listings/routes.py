"""The operations on single listings."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, Router, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from listingapi.accounts.authentication import Caller, requires
from listingapi.accounts.scopes import Scope
from listingapi.listings.schemas import Listing, ListingWrite, StoredListing
from listingapi.listings.search_routes import get_listings
from listingapi.listings.service import ListingService
from listingapi.parameters import ListingId
from listingapi.preconditions import NOT_MODIFIED, IfMatch, IfNoneMatch, accepted_versions, etag, is_known, not_modified

Listings = NamedDependency[ListingService]


@post("/", operation_id="post-listings", guards=[requires(Scope.LISTINGS_WRITE)])
async def create_listing(
    data: JSONBody[ListingWrite], caller: NamedDependency[Caller], listings: Listings
) -> Response[Listing]:
    """Create a listing; its price is the first entry of its price history."""
    created = await listings.create(data, account_id=caller.account_id)
    return _answer(created, headers={"Location": f"/listings/{created.listing.id}"})


@get("/{id:str}", operation_id="get-listing", guards=[requires(Scope.LISTINGS_READ)], responses=NOT_MODIFIED)
async def get_listing(
    listing_id: ListingId, listings: Listings, if_none_match: IfNoneMatch = None
) -> Response[Listing]:
    """Read one listing; its ETag changes with every write."""
    found = await listings.get(listing_id)
    if is_known(if_none_match, found.version):
        return not_modified(found.version)
    return _answer(found)


@put("/{id:str}", operation_id="upsert-listing", guards=[requires(Scope.LISTINGS_WRITE)])
async def update_listing(
    listing_id: ListingId, data: JSONBody[ListingWrite], listings: Listings, if_match: IfMatch = None
) -> Response[Listing]:
    """Replace a listing; a new price is appended to its price history. It never creates one."""
    return _answer(await listings.update(listing_id, data, on=accepted_versions(if_match)))


@patch("/{id:str}", operation_id="patch-listing", guards=[requires(Scope.LISTINGS_WRITE)])
async def patch_listing(
    listing_id: ListingId, data: JSONBody[dict[str, Any]], listings: Listings, if_match: IfMatch = None
) -> Response[Listing]:
    """Change some properties of a listing by a JSON merge patch (RFC 7396)."""
    return _answer(await listings.patch(listing_id, data, on=accepted_versions(if_match)))


def _answer(stored: StoredListing, *, headers: Mapping[str, str] | None = None) -> Response[Listing]:
    return Response(stored.listing, headers={"ETag": etag(stored.version), **(headers or {})})


router = Router(
    "/listings",
    tags=["listings"],
    route_handlers=[get_listings, create_listing, get_listing, update_listing, patch_listing],
)
