"""The operations that change prices."""

from typing import Annotated

from litestar import Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from listingapi.access.callers import Caller, requires
from listingapi.access.scopes import Scope
from listingapi.idempotency.attempts import Attempt
from listingapi.pagination import LARGEST_BIGINT
from listingapi.parameters import ListingId, bigint_of
from listingapi.prices.batch_service import BatchService
from listingapi.prices.change_schemas import (
    AppendedPrice,
    BatchResults,
    BatchWrite,
    CorrectionWrite,
    PriceWrite,
    ScheduledPrice,
)
from listingapi.prices.change_service import PriceChangeService
from listingapi.prices.correction_service import CorrectionService
from listingapi.prices.errors import PriceEntryNotFound, ScheduledPriceNotFound
from listingapi.prices.schemas import CorrectionEntry
from listingapi.terms import Confirm, Terms

MAY_WRITE = [requires(Scope.PRICES_WRITE)]

Version = Annotated[
    str,
    PathParameter(
        description="The version of an entry.",
        schema_extra={"type": "integer", "minimum": 0, "maximum": LARGEST_BIGINT},
    ),
]
OTHER_ANSWERS = {
    HTTP_200_OK: ResponseSpec(AppendedPrice, description="The listing has this price already; nothing was appended."),
    HTTP_202_ACCEPTED: ResponseSpec(ScheduledPrice, description="The price is scheduled."),
}
DryRun = Annotated[bool, QueryParameter(description="Only say what would become of each line.")]


@post("/{id:str}/prices", operation_id="post-listing-prices", guards=MAY_WRITE, responses=OTHER_ANSWERS)
async def append_price(
    listing_id: ListingId,
    data: JSONBody[PriceWrite],
    terms: NamedDependency[Terms],
    changes: NamedDependency[PriceChangeService],
    *,
    confirm: Confirm = False,
) -> Response[AppendedPrice]:
    """Append a price to a listing's price history; with an `effective_date`, schedule it."""
    return (await changes.append(listing_id, data, terms, is_confirmed=confirm)).response()


@get(
    "/{id:str}/prices/scheduled",
    operation_id="get-scheduled-prices",
    guards=MAY_WRITE,
)
async def get_scheduled_prices(
    listing_id: ListingId, caller: NamedDependency[Caller], changes: NamedDependency[PriceChangeService]
) -> list[ScheduledPrice]:
    """List the last 1 000 prices that were scheduled for a listing, the last first, and what became of each."""
    return await changes.scheduled(listing_id, caller)


@delete("/{id:str}/prices/scheduled/{version:str}", operation_id="delete-scheduled-price", guards=MAY_WRITE)
async def cancel_scheduled_price(
    listing_id: ListingId,
    version: Version,
    terms: NamedDependency[Terms],
    changes: NamedDependency[PriceChangeService],
) -> Response[None]:
    """Cancel a scheduled price that has not come into force."""
    number = bigint_of(version, ScheduledPriceNotFound)
    return (await changes.cancel(listing_id, number, terms)).response()


@post(
    "/{id:str}/prices/{version:str}/corrections",
    operation_id="post-price-corrections",
    guards=[requires(Scope.PRICES_CORRECT)],
)
async def correct_price(
    listing_id: ListingId,
    version: Version,
    data: JSONBody[CorrectionWrite],
    terms: NamedDependency[Terms],
    corrections: NamedDependency[CorrectionService],
) -> Response[CorrectionEntry]:
    """Correct an entry of a price history, by its version; what it said first stays in the detailed history."""
    number = bigint_of(version, PriceEntryNotFound)
    return (await corrections.correct(listing_id, number, data, terms)).response()


@post("/", operation_id="post-prices-batch", guards=MAY_WRITE, status_code=207)
async def change_prices(
    data: JSONBody[BatchWrite],
    attempt: NamedDependency[Attempt],
    batches: NamedDependency[BatchService],
    *,
    confirm: Confirm = False,
    dry_run: DryRun = False,
) -> Response[BatchResults]:
    """Change the prices of up to 1 000 listings, with one result for each."""
    if dry_run:
        return (await batches.rehearse(data, attempt.by, is_confirmed=confirm)).response()
    return (await batches.change(data, attempt, is_confirmed=confirm)).response()


ON_ONE_LISTING = [append_price, get_scheduled_prices, cancel_scheduled_price, correct_price]

batch_router = Router("/prices:batch", tags=["prices"], route_handlers=[change_prices])
