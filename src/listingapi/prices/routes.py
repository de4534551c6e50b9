"""The operations that read prices."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from msgspec import Struct

from listingapi.access.callers import Caller, requires
from listingapi.access.scopes import Scope
from listingapi.pagination import BigInt, Page
from listingapi.parameters import ListingId
from listingapi.preconditions import NOT_MODIFIED, Known, etag, known_of, not_modified
from listingapi.prices.asked import CSV, Asked, asked_of
from listingapi.prices.change_routes import ON_ONE_LISTING
from listingapi.prices.records import Place
from listingapi.prices.schemas import Price, PriceAt, PriceSummary
from listingapi.prices.service import PriceService
from listingapi.prices.tables import DETAILED_COLUMNS, PLAIN_COLUMNS, as_csv
from listingapi.prices.window import Moment, Window
from listingapi.query import reader_of

MAY_READ = [requires(Scope.LISTINGS_READ)]

Prices = NamedDependency[PriceService]


@get(
    "/{id:str}/prices",
    operation_id="get-listing-prices",
    guards=MAY_READ,
    dependencies={
        "asked": Provide(asked_of, sync_to_thread=False),
        "known": Provide(known_of, sync_to_thread=False),
        "window": Provide(reader_of(Window), sync_to_thread=False),
    },
    responses=NOT_MODIFIED,
)
async def get_listing_prices(
    listing_id: ListingId,
    caller: NamedDependency[Caller],
    prices: Prices,
    asked: NamedDependency[Asked],
    known: NamedDependency[Known],
) -> Response[Any]:
    """Answer a listing's prices over time, oldest first: with corrections applied, or in detail all that was said.

    The plain history has an ETag, which changes with every write on the listing.
    """
    if asked.window.view == "detailed":
        after = asked.paging.start(Place, asked.search(listing_id))
        said = await prices.detailed_history(listing_id, asked.window, caller, after=after, limit=asked.limit)
        return _page(listing_id, asked, said, said.items, DETAILED_COLUMNS)
    after = asked.paging.start(BigInt, asked.search(listing_id))
    version, page = await prices.history(listing_id, asked.window, after_version=after, limit=asked.limit)
    if not asked.as_csv and known.has(version):
        return not_modified(version)
    plain = [Price(entry.price_eur, entry.created_date) for entry in page.items]
    response = _page(listing_id, asked, page, plain, PLAIN_COLUMNS)
    if not asked.as_csv:
        response.headers["ETag"] = etag(version)
    return response


@get("/{id:str}/prices/summary", operation_id="get-listing-price-summary", guards=MAY_READ)
async def get_price_summary(listing_id: ListingId, prices: Prices) -> PriceSummary:
    """Answer what a listing's prices come to: current, previous and original, changes, extremes, days on market."""
    return await prices.summary(listing_id)


@get(
    "/{id:str}/prices/at",
    operation_id="get-listing-price-at",
    guards=MAY_READ,
    dependencies={"moment": Provide(reader_of(Moment), sync_to_thread=False)},
)
async def get_price_at(listing_id: ListingId, prices: Prices, moment: NamedDependency[Moment]) -> PriceAt:
    """Answer the price that was in force at a time, as it is known now or was known then."""
    return await prices.price_at(listing_id, moment)


def _page(
    listing_id: int, asked: Asked, page: Page[Any], items: Sequence[Struct], columns: Sequence[str]
) -> Response[Any]:
    link = asked.paging.link_header(f"/listings/{listing_id}/prices", page, asked.search(listing_id))
    headers = {**link, "Vary": "Accept"}
    if asked.as_csv:
        return Response(as_csv(items, columns), headers=headers, media_type=CSV)
    return Response(list(items), headers=headers)


router = Router(
    "/listings",
    tags=["listings"],
    route_handlers=[get_listing_prices, get_price_summary, get_price_at, *ON_ONE_LISTING],
)
