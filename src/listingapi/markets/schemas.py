"""What is said of a market in a month, and what may be asked of it."""

from datetime import date
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.listings.schemas import BuildingType, Country, Text
from listingapi.money import Euros, TwoDecimals
from listingapi.wire import must

Month = Annotated[
    str,
    must(
        "a month of the years 0001 to 9999, such as 2026-01",
        pattern=r"^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])\Z",
        extra_json_schema={"x-pattern": "^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])$"},
    ),
]
Count = Annotated[int, Meta(ge=0)]


class Market(Struct, frozen=True):
    """The listings of one building type in a city."""

    country: Country
    city: Text
    building_type: BuildingType


class MonthRange(Struct, kw_only=True):
    """Which months are looked at, both ends included."""

    from_month: Annotated[Month, Meta(description="This month, by UTC, and later ones.")] | UnsetType = UNSET
    to_month: Annotated[Month, Meta(description="This month, by UTC, and earlier ones.")] | UnsetType = UNSET

    @property
    def first(self) -> date | None:
        """The day on which it begins, if it does."""
        return None if self.from_month is UNSET else date.fromisoformat(f"{self.from_month}-01")

    @property
    def last(self) -> date | None:
        """The first day of its last month, if it has one."""
        return None if self.to_month is UNSET else date.fromisoformat(f"{self.to_month}-01")

    def check(self) -> None:
        """Refuse a range that holds no month.

        Raises:
            InvalidRequest: it begins after its end.
        """
        if self.from_month is not UNSET and self.to_month is not UNSET and self.from_month > self.to_month:
            raise InvalidRequest(
                [
                    FieldProblem("?from_month", "must not be after to_month"),
                    FieldProblem("?to_month", "must not be before from_month"),
                ]
            )


class MonthStatistics(Struct, forbid_unknown_fields=True, kw_only=True):
    """The listings that came on the market in a month, by UTC, at the prices that they have now.

    Withdrawn ones count, too; prices are in euros, and as they were corrected. Of fewer than five listings only their
    number is said. The price of a square metre is that of the `with_surface_count` listings that have a surface;
    `reduced_count` listings cost less than they did first, and the median of their cuts is in percent of that. Each of
    these two medians is left out where it would be one of fewer than five.
    """

    month: Month
    listings_count: Count
    median_price_eur: Euros | UnsetType = UNSET
    lower_quartile_price_eur: Euros | UnsetType = UNSET
    upper_quartile_price_eur: Euros | UnsetType = UNSET
    with_surface_count: Count | UnsetType = UNSET
    median_price_per_m2_eur: TwoDecimals | UnsetType = UNSET
    reduced_count: Count | UnsetType = UNSET
    reduced_share_percent: TwoDecimals | UnsetType = UNSET
    median_cut_percent: TwoDecimals | UnsetType = UNSET


class MarketStatistics(Struct, forbid_unknown_fields=True):
    """A market, month by month; months in which no listing came on it are left out."""

    country: Country
    city: Text
    building_type: BuildingType
    months: list[MonthStatistics]
