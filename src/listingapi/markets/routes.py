"""The operation that reads the statistics of markets."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import PathParameter

from listingapi.access.callers import requires
from listingapi.access.scopes import Scope
from listingapi.listings.schemas import COUNTRIES
from listingapi.markets.errors import MarketNotFound
from listingapi.markets.paths import city_in
from listingapi.markets.schemas import Market, MarketStatistics, MonthRange
from listingapi.markets.service import MarketService
from listingapi.query import reader_of

CountryInPath = Annotated[
    str,
    PathParameter(description="Its ISO 3166-1 alpha-2 code, in capitals.", schema_extra={"enum": list(COUNTRIES)}),
]
CityInPath = Annotated[
    str,
    PathParameter(
        description="The whole name, in capitals or not, with its accents: EVRY is not Évry.",
        schema_extra={"pattern": r"^[^\x00]+$"},
    ),
]
BuildingTypeInPath = Annotated[
    str, PathParameter(description="The kind of building.", schema_extra={"enum": ["STUDIO", "APARTMENT", "HOUSE"]})
]


def market_of(
    request: Request[Any, Any, Any],
    country: CountryInPath,
    city: CityInPath,  # noqa: ARG001 - for the OpenAPI document
    building_type: BuildingTypeInPath,
) -> Market:
    """The market that a path names.

    Raises:
        MarketNotFound: there can be none of that name.
    """
    try:
        named = {"country": country, "city": city_in(request.scope), "building_type": building_type}
        return msgspec.convert(named, Market)
    except (UnicodeDecodeError, msgspec.ValidationError):
        raise MarketNotFound from None


@get(
    "/{country:str}/{city:str}/{building_type:str}/statistics",
    operation_id="get-market-statistics",
    guards=[requires(Scope.LISTINGS_READ)],
    dependencies={
        "market": Provide(market_of, sync_to_thread=False),
        "months": Provide(reader_of(MonthRange), sync_to_thread=False),
    },
)
async def get_market_statistics(
    market: NamedDependency[Market], months: NamedDependency[MonthRange], markets: NamedDependency[MarketService]
) -> MarketStatistics:
    """Answer what the listings cost that came on a market, by month: the newest 1 200 months, oldest first."""
    return await markets.statistics(market, months)


router = Router("/markets", tags=["markets"], route_handlers=[get_market_statistics])
