"""What a client may ask for in a search of listings."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.listings.schemas import BedroomsCount, BuildingType, Country, Price, RoomsCount, SurfaceArea, Text
from listingapi.query import Time, asked_for
from listingapi.wire import must

LONGEST_TEXT = 200

# A letter or digit that is part of a word: migration 0003 makes spaces of the likes of ², ½ and ①.
IN_A_WORD = r"[^\W_²³¹¼-¾\u2190-\u2bff\U0001f000-\U0001faff]"

Status = Literal["on-market", "withdrawn"]
Sort = Literal[
    "created", "-created", "updated", "-updated", "price", "-price", "price_per_m2", "-price_per_m2", "drop", "-drop",
    "changed", "-changed",
]  # fmt: skip

AskedStatus = Annotated[Status, must("on-market or withdrawn")]
AskedSort = Annotated[
    Sort, must("created, updated, price, price_per_m2, drop or changed, with a leading - for descending")
]
BuildingTypes = Annotated[list[BuildingType], must("STUDIO, APARTMENT or HOUSE")]
Words = Annotated[
    str,
    must(
        f"at most {LONGEST_TEXT} characters, with at least one letter or digit",
        max_length=LONGEST_TEXT,
        pattern=rf"^[^\x00\ud800-\udfff]*{IN_A_WORD}[^\x00\ud800-\udfff]*\Z",
        extra_json_schema={"x-pattern": None},
    ),
]
Percent = Annotated[
    str,
    must(
        "a number above 0 and at most 100 with at most two decimals",
        pattern=r"^(?=.*[1-9])(0*100(\.0{1,9})?|0*[0-9]{1,2}(\.[0-9]{1,2}0{0,9})?)\Z",
        extra_json_schema={
            "x-type": "number",
            "exclusiveMinimum": 0,
            "maximum": 100,
            "multipleOf": 0.01,
            "x-pattern": None,
        },
    ),
]


class ListingFilter(Struct, kw_only=True, forbid_unknown_fields=True):
    """Which listings are meant, by what they are; bounds are inclusive."""

    country: Annotated[Country, Meta(description="Its ISO 3166-1 alpha-2 code.")] | UnsetType = UNSET
    city: (
        Annotated[Text, Meta(description="The whole name, in capitals or not, with its accents: EVRY is not Évry.")]
        | UnsetType
    ) = UNSET
    postal_code: Annotated[Text, Meta(description="What the postal code begins with.")] | UnsetType = UNSET
    building_type: (
        Annotated[
            BuildingTypes,
            Meta(description="Any of those given; given several times, or once with commas between them."),
        ]
        | UnsetType
    ) = UNSET
    min_price_eur: Annotated[Price, Meta(description="In euros.")] | UnsetType = UNSET
    max_price_eur: Annotated[Price, Meta(description="In euros.")] | UnsetType = UNSET
    min_price_per_m2: (
        Annotated[Price, Meta(description="In euros a square metre; listings without a surface have none.")] | UnsetType
    ) = UNSET
    max_price_per_m2: (
        Annotated[Price, Meta(description="In euros a square metre; listings without a surface have none.")] | UnsetType
    ) = UNSET
    min_surface_area_m2: Annotated[SurfaceArea, Meta(description="In square metres.")] | UnsetType = UNSET
    max_surface_area_m2: Annotated[SurfaceArea, Meta(description="In square metres.")] | UnsetType = UNSET
    min_rooms: Annotated[RoomsCount, Meta(description="How many rooms at least.")] | UnsetType = UNSET
    max_rooms: Annotated[RoomsCount, Meta(description="How many rooms at most.")] | UnsetType = UNSET
    min_bedrooms: Annotated[BedroomsCount, Meta(description="How many bedrooms at least.")] | UnsetType = UNSET
    max_bedrooms: Annotated[BedroomsCount, Meta(description="How many bedrooms at most.")] | UnsetType = UNSET
    text: (
        Annotated[
            Words,
            Meta(description="All in name, description or address, as beginnings of words, with accents or without."),
        ]
        | UnsetType
    ) = UNSET


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which listings somebody wants to hear of: those of a filter, on the market, withdrawn, or (None) both."""

    filter: ListingFilter
    status: Status | None = None


class Search(ListingFilter, kw_only=True, forbid_unknown_fields=True):
    """Which listings are looked for, and in which order."""

    status: Annotated[AskedStatus, Meta(description="On the market, or withdrawn from it.")] = "on-market"
    updated_since: Annotated[Time, Meta(description="Written then or later.")] | UnsetType = UNSET
    reduced_since: (
        Annotated[Time, Meta(description="The last change of price was a cut, then or later.")] | UnsetType
    ) = UNSET
    min_drop_percent: (
        Annotated[Percent, Meta(description="The price is that much below the original one, or more.")] | UnsetType
    ) = UNSET
    sort: Annotated[
        AskedSort,
        Meta(
            description="In which order; with `-`, the largest or newest first. "
            "`price_per_m2` leaves out listings without a price per square metre."
        ),
    ] = "-created"

    @property
    def identity(self) -> Any:
        """What a cursor belongs to: only what was asked for, so that it stays the same when there are more filters."""
        return ("listings", {name: _in_words(value) for name, value in asked_for(self).items()})


def _in_words(value: Any) -> str:
    return " ".join(sorted(set(value))) if isinstance(value, list) else str(value)
