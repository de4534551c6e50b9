"""The operations on single listings."""

from typing import Any

from litestar import Response, Router, delete, get, patch, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody

from listingapi.access.callers import requires
from listingapi.access.scopes import Scope
from listingapi.idempotency.attempts import Attempt
from listingapi.listings.schemas import Listing, ListingWrite, Relisting
from listingapi.listings.search_routes import get_listings
from listingapi.listings.service import ListingService, listing_answer
from listingapi.parameters import ListingId
from listingapi.preconditions import NOT_MODIFIED, Known, known_of, not_modified
from listingapi.terms import Confirm, Terms

Listings = NamedDependency[ListingService]
AS_IT_WAS = Relisting()
MAY_WRITE = [requires(Scope.LISTINGS_WRITE)]


@post("/", operation_id="post-listings", guards=MAY_WRITE)
async def create_listing(
    data: JSONBody[ListingWrite], attempt: NamedDependency[Attempt], listings: Listings, *, confirm: Confirm = False
) -> Response[Listing]:
    """Create a listing; its price is the first entry of its price history."""
    return (await listings.create(data, attempt, is_confirmed=confirm)).response()


@get(
    "/{id:str}",
    operation_id="get-listing",
    guards=[requires(Scope.LISTINGS_READ)],
    dependencies={"known": Provide(known_of, sync_to_thread=False)},
    responses=NOT_MODIFIED,
)
async def get_listing(listing_id: ListingId, listings: Listings, known: NamedDependency[Known]) -> Response[Listing]:
    """Read one listing; its ETag changes with every write."""
    found = await listings.get(listing_id)
    if known.has(found.version):
        return not_modified(found.version)
    return listing_answer(found).response()


@put("/{id:str}", operation_id="upsert-listing", guards=MAY_WRITE)
async def update_listing(
    listing_id: ListingId,
    data: JSONBody[ListingWrite],
    terms: NamedDependency[Terms],
    listings: Listings,
    *,
    confirm: Confirm = False,
) -> Response[Listing]:
    """Replace a listing; a new price is appended to its price history. It never creates one."""
    return (await listings.update(listing_id, data, terms, is_confirmed=confirm)).response()


@patch("/{id:str}", operation_id="patch-listing", guards=MAY_WRITE)
async def patch_listing(
    listing_id: ListingId,
    data: JSONBody[dict[str, Any]],
    terms: NamedDependency[Terms],
    listings: Listings,
    *,
    confirm: Confirm = False,
) -> Response[Listing]:
    """Change some properties of a listing by a JSON merge patch (RFC 7396)."""
    return (await listings.patch(listing_id, data, terms, is_confirmed=confirm)).response()


@delete("/{id:str}", operation_id="delete-listing", guards=MAY_WRITE)
async def withdraw_listing(listing_id: ListingId, terms: NamedDependency[Terms], listings: Listings) -> Response[None]:
    """Withdraw a listing from the market; its id and its price history are kept for when it is relisted."""
    return (await listings.withdraw(listing_id, terms)).response()


@post("/{id:str}/relist", operation_id="relist-listing", guards=MAY_WRITE, status_code=200)
async def relist_listing(
    listing_id: ListingId,
    terms: NamedDependency[Terms],
    listings: Listings,
    data: JSONBody[Relisting] = AS_IT_WAS,
    *,
    confirm: Confirm = False,
) -> Response[Listing]:
    """Bring a withdrawn listing back to the market under its id, with its history, at the price in the body if any."""
    return (await listings.relist(listing_id, data, terms, is_confirmed=confirm)).response()


router = Router(
    "/listings",
    tags=["listings"],
    route_handlers=[
        get_listings, create_listing, get_listing, update_listing, patch_listing, withdraw_listing, relist_listing,
    ],
)  # fmt: skip
