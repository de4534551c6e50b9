"""A line of an import or an export: a listing as it is written, with what only files carry."""

from datetime import UTC, datetime
from operator import eq
from typing import Annotated, Any, Literal, Self

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.listings.schemas import (
    COUNTRIES,
    BedroomsCount,
    BuildingType,
    ListingWrite,
    PhoneNumber,
    RoomsCount,
    SurfaceArea,
)
from listingapi.money import Euros
from listingapi.prices.schemas import Price
from listingapi.wire import must

LARGEST_ID = 2**53 - 1
LONGEST_EXTERNAL_ID = 255
LARGEST_WHOLE_EUROS = 999_999_999_999

Row = tuple[Any, ...]
EXTERNAL_ID, GIVEN_ID, AS_OF = 13, 14, 15

ExternalId = Annotated[
    str,
    must(
        f"a string of 1 to {LONGEST_EXTERNAL_ID} characters, without NUL characters or lone surrogates",
        min_length=1,
        max_length=LONGEST_EXTERNAL_ID,
        pattern=r"^[^\x00\ud800-\udfff]+$",
    ),
]
Moment = Annotated[datetime, must("a date and time with its zone as RFC 3339 has it: 2023-08-01T00:00:00Z", tz=True)]
GivenId = Annotated[int, must(f"an integer from 0 to {LARGEST_ID}", ge=0, le=LARGEST_ID)]
Prices = Annotated[
    list[Price], must("a list of at least one {price_eur, created_date}, each as the API answers it", min_length=1)
]


class BadLine(Exception):
    """A line that can't be taken; the message is the reason, for the person who sent it."""


class ListingLine(ListingWrite, forbid_unknown_fields=True, kw_only=True):
    """A listing as a file has it.

    `observed_date` is when the listing was seen like this; an export says it by `updated_date`. `prices` is the whole
    history, oldest first.
    """

    external_id: ExternalId | UnsetType = UNSET
    observed_date: Moment | UnsetType = UNSET
    id: GivenId | UnsetType = UNSET
    created_date: Moment | UnsetType = UNSET
    updated_date: Moment | UnsetType = UNSET
    prices: Prices | UnsetType = UNSET

    @classmethod
    def read(cls, value: Any) -> Self:
        """Read a line as HTTP reads a body, but what is read-only there is meant here."""
        if isinstance(value, dict) and value.get("contact_phone_number") == "":
            value = {name: given for name, given in value.items() if name != "contact_phone_number"}
        return super(ListingWrite, cls).read(value)

    def fields(self) -> Row:
        """The values of a line in the order of its fields, None where one is not given."""
        return tuple(None if value is UNSET else value for value in msgspec.structs.astuple(self))


NOT_GIVEN: Any = None
PlainText = Annotated[str, Meta(min_length=1)]
WholeEuros = Annotated[int, Meta(ge=0, le=LARGEST_WHOLE_EUROS)]


class PlainAddress(Struct, forbid_unknown_fields=True, gc=False):
    """A PostalAddress whose texts are known to be storable."""

    street_address: PlainText
    postal_code: PlainText
    city: PlainText
    country: Literal[COUNTRIES]  # type: ignore[valid-type]  # made of pycountry's list


class PlainPrice(Struct, forbid_unknown_fields=True, gc=False):
    """A Price of whole euros."""

    price_eur: WholeEuros
    created_date: Annotated[datetime, Meta(tz=True)]


class PlainLine(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    """The fields of a `ListingLine`, for lines that msgspec can check without any Python: whole prices, plain texts.

    What it takes means the same there; what it refuses is read again.
    """

    name: PlainText
    description: PlainText
    building_type: BuildingType
    latest_price_eur: WholeEuros
    surface_area_m2: SurfaceArea
    rooms_count: RoomsCount
    bedrooms_count: BedroomsCount
    contact_phone_number: PhoneNumber = NOT_GIVEN
    postal_address: PlainAddress
    external_id: Annotated[str, Meta(min_length=1, max_length=LONGEST_EXTERNAL_ID)] = NOT_GIVEN
    observed_date: Annotated[datetime, Meta(tz=True)] = NOT_GIVEN
    id: GivenId = NOT_GIVEN
    created_date: Annotated[datetime, Meta(tz=True)] = NOT_GIVEN
    updated_date: Annotated[datetime, Meta(tz=True)] = NOT_GIVEN
    prices: Annotated[list[PlainPrice], Meta(min_length=1)] = NOT_GIVEN


class LineWithCents(PlainLine, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A plain line whose prices may have cents; those take a call of ours each."""

    latest_price_eur: Euros  # type: ignore[assignment]  # which holds whole amounts, too
    prices: Annotated[list[Price], Meta(min_length=1)] = NOT_GIVEN  # type: ignore[assignment]


def staged_row(number: int, fields: Row) -> Row:
    """Make the fields of a line the row that is staged for the database.

    Raises:
        BadLine: its values contradict each other.
    """
    external_id, observed, given_id, created, updated, prices = fields[9:]
    if external_id is None and given_id is None:
        raise BadLine("external_id is required where there is no id")
    as_of = updated if observed is None else observed
    surface = fields[4] + 0.0  # no negative zero
    row = (number, *fields[:4], surface, *fields[5:8], *msgspec.structs.astuple(fields[8]), external_id, given_id)
    is_update = observed is None and updated is not None
    if created is None and prices is None:
        return (*row, _utc(as_of), None, None, None, is_update)
    amounts, dates = (
        [price.price_eur for price in prices or ()],
        _all_utc([price.created_date for price in prices or ()]),
    )
    _require_order([_utc(created), *dates, _utc(as_of)])
    _require_history(amounts, fields[3])
    return (*row, _utc(as_of), _utc(created), amounts or None, dates or None, is_update)


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is UTC:
        return moment
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise BadLine("a date is out of range") from None


def _all_utc(moments: list[datetime]) -> list[datetime | None]:
    return [moment if moment.tzinfo is UTC else _utc(moment) for moment in moments]


def _require_order(dates: list[datetime | None]) -> None:
    if dates[-1] is None:
        raise BadLine("observed_date or updated_date is required beside created_date or prices")
    known = [date for date in dates if date is not None]
    if known != sorted(known):
        raise BadLine("its dates run backwards: created_date, prices from first to last, updated_date")


def _require_history(amounts: list[Any], latest: Any) -> None:
    if amounts and amounts[-1] != latest:
        raise BadLine("the last of prices must be latest_price_eur")
    if any(map(eq, amounts, amounts[1:])):
        raise BadLine("each of prices must differ from the one before it")
