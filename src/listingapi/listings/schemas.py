"""The bodies of the listing operations, as the contract names them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

import msgspec
import pycountry
from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.money import LARGEST_EUROS, Euros
from listingapi.wire import Body, Timestamp, must

COUNTRIES = tuple(sorted(country.alpha_2 for country in pycountry.countries))
READ_ONLY = ("id", "created_date", "updated_date")
LARGEST_COUNT = 999_999_999
LARGEST_SURFACE_M2 = 1e12

Text = Annotated[
    str,
    must(
        "a string of at least 1 character, without NUL characters or lone surrogates",
        min_length=1,
        pattern=r"^[^\x00\ud800-\udfff]+$",
        extra_json_schema={"x-pattern": r"^[^\x00]+$"},
    ),
]
Country = Annotated[
    str,
    must(
        "an ISO 3166-1 alpha-2 country code, in capitals",
        pattern=f"^(?:{'|'.join(COUNTRIES)})\\Z",
        extra_json_schema={"x-pattern": "^[A-Z]{2}$", "enum": list(COUNTRIES)},
    ),
]
PhoneNumber = Annotated[
    str,
    must(
        "a phone number in E.164 form, such as +33123456789",
        pattern=r"^\+[1-9][0-9]{1,14}\Z",
        extra_json_schema={"x-pattern": r"^\+[1-9]\d{1,14}$"},
    ),
]
BigId = Annotated[int, must("the id of a listing, an integer", ge=0, le=2**63 - 1)]
BuildingType = Annotated[Literal["STUDIO", "APARTMENT", "HOUSE"], must("STUDIO, APARTMENT or HOUSE")]
Price = Annotated[Euros, must(f"a number from 0 to {LARGEST_EUROS} with at most two decimals")]
SurfaceArea = Annotated[float, must("a number from 0 to 1000000000000", ge=0, le=LARGEST_SURFACE_M2)]
RoomsCount = Annotated[int, must(f"an integer from 1 to {LARGEST_COUNT}", ge=1, le=LARGEST_COUNT)]
BedroomsCount = Annotated[int, must(f"an integer from 0 to {LARGEST_COUNT}", ge=0, le=LARGEST_COUNT)]


class PostalAddress(Struct, forbid_unknown_fields=True):
    """Where a listing is."""

    street_address: Text
    postal_code: Text
    city: Text
    country: Country


class ListingWrite(Body, forbid_unknown_fields=True, kw_only=True):
    """A listing as a client writes it.

    `latest_price_eur` is in euros with at most two decimals, `surface_area_m2` in square metres.
    """

    name: Text
    description: Text
    building_type: BuildingType
    latest_price_eur: Price
    surface_area_m2: SurfaceArea
    rooms_count: RoomsCount
    bedrooms_count: BedroomsCount
    contact_phone_number: PhoneNumber | UnsetType = UNSET
    postal_address: PostalAddress

    @classmethod
    def read(cls, value: Any) -> Self:
        """Read a listing as clients really send it: also one as they got it, or with an empty phone number."""
        if isinstance(value, dict):
            value = {name: given for name, given in value.items() if name not in READ_ONLY}
            if value.get("contact_phone_number") == "":
                del value["contact_phone_number"]
        return super().read(value)


class Relisting(Body, frozen=True, forbid_unknown_fields=True):  # type: ignore[misc]  # msgspec, unlike dataclasses, lets it
    """How a listing comes back to the market: at `latest_price_eur`, or at the price that it had."""

    latest_price_eur: Price | UnsetType = UNSET


class Listing(ListingWrite, forbid_unknown_fields=True, kw_only=True):
    """A listing as it is answered; dates are RFC 3339 in UTC."""

    id: Annotated[int, Meta(ge=0)]
    created_date: Timestamp
    updated_date: Timestamp


@dataclass(frozen=True, slots=True)
class StoredListing:
    """A listing as it is stored: its version, which every write raises by one, and the state of its price and market.

    `price_version` and `price_changed_date` are those of the history's entry that is in force. `relisted_date` is when
    the present time on the market began, if that is not its creation; `earlier_time_on_market` is what was before.
    """

    listing: Listing
    version: int
    account_id: int
    previous_price_eur: Euros | None
    original_price_eur: Euros
    price_version: int
    price_changed_date: datetime
    withdrawn_date: datetime | None = None
    relisted_date: datetime | None = None
    earlier_time_on_market: timedelta = timedelta()

    @property
    def price_eur(self) -> Euros:
        """The price in force."""
        return self.listing.latest_price_eur


def writable(listing: ListingWrite) -> dict[str, Any]:
    """The part of a listing that clients write, as parsed JSON."""
    address = msgspec.structs.asdict(listing.postal_address)
    given = {name: getattr(listing, name) for name in ListingWrite.__struct_fields__} | {"postal_address": address}
    return {name: value for name, value in given.items() if value is not UNSET}
