"""The operations on reviews of prices."""

from datetime import datetime
from typing import Annotated

from litestar import Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK

from listingapi.access.callers import Caller, requires
from listingapi.access.scopes import Scope
from listingapi.idempotency.attempts import Attempt
from listingapi.pagination import LARGEST_BIGINT, BigInt
from listingapi.paging import Paging
from listingapi.parameters import ListingId, bigint_of
from listingapi.prices.errors import PriceEntryNotFound
from listingapi.query import reader_of
from listingapi.reviews.schemas import PriceReview, RejectionWrite, ReviewSearch
from listingapi.reviews.service import ReviewService, seen_by

MAY_CORRECT = [requires(Scope.PRICES_CORRECT)]

Reviews = NamedDependency[ReviewService]
Version = Annotated[
    str,
    PathParameter(
        description="The version of the price's entry.",
        schema_extra={"type": "integer", "minimum": 0, "maximum": LARGEST_BIGINT},
    ),
]
PageLimit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many reviews a page holds at most.")]


@get(
    "/",
    operation_id="get-price-reviews",
    guards=[requires(Scope.PRICES_WRITE, Scope.PRICES_CORRECT)],
    dependencies={"search": Provide(reader_of(ReviewSearch), sync_to_thread=False)},
)
async def get_price_reviews(
    search: NamedDependency[ReviewSearch],
    caller: NamedDependency[Caller],
    paging: NamedDependency[Paging],
    reviews: Reviews,
    limit: PageLimit = 100,
) -> Response[list[PriceReview]]:
    """List the prices that pricing rules flagged, oldest first.

    Of the caller's account, or of all for those who may correct prices.
    """
    account_id = seen_by(caller)
    identity = search.identity(account_id)
    after = paging.start(tuple[datetime, BigInt, BigInt], identity)
    page = await reviews.page(search.state_, account_id, after=after, limit=limit)
    return Response(list(page.items), headers=paging.link_header("/price-reviews", page, identity))


@post(
    "/{id:str}/{version:str}/approval",
    operation_id="post-price-review-approval",
    guards=MAY_CORRECT,
    status_code=HTTP_200_OK,
)
async def approve_price(
    listing_id: ListingId, version: Version, attempt: NamedDependency[Attempt], reviews: Reviews
) -> Response[PriceReview]:
    """Approve a flagged price: it stays as it is."""
    number = bigint_of(version, PriceEntryNotFound)
    return (await reviews.approve(listing_id, number, attempt)).response()


@post(
    "/{id:str}/{version:str}/rejection",
    operation_id="post-price-review-rejection",
    guards=MAY_CORRECT,
    status_code=HTTP_200_OK,
)
async def reject_price(
    listing_id: ListingId,
    version: Version,
    data: JSONBody[RejectionWrite],
    attempt: NamedDependency[Attempt],
    reviews: Reviews,
) -> Response[PriceReview]:
    """Reject a flagged price: its entry in the price history is corrected."""
    number = bigint_of(version, PriceEntryNotFound)
    return (await reviews.reject(listing_id, number, data, attempt)).response()


router = Router(
    "/price-reviews", tags=["price-reviews"], route_handlers=[get_price_reviews, approve_price, reject_price]
)
