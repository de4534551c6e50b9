"""The use cases of markets: their statistics, and counting them anew."""

from collections.abc import Callable

from listingapi.infra.database import CONNECTION_LOST, Database
from listingapi.infra.errors import DatabaseUnavailable
from listingapi.infra.start import StartError
from listingapi.markets import repository
from listingapi.markets.schemas import Market, MarketStatistics, MonthRange
from listingapi.markets.statistics import statistics_of

COUNTED_AT_ONCE = 5_000
SESSION = {"application_name": "listingapi markets"}


class MarketService:
    """Answers what listings cost where."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def statistics(self, market: Market, range_: MonthRange) -> MarketStatistics:
        """The statistics of a market in some months.

        Raises:
            InvalidRequest: the months begin after their end.
        """
        range_.check()
        months = await repository.months(self._database, market, range_)
        return MarketStatistics(
            market.country, market.city, market.building_type, [statistics_of(facts) for facts in months]
        )


async def recount(url: str, report: Callable[[int, int], object]) -> int:
    """Make anew what is kept of every listing, some at a time, each time committed; returns how many there are.

    `report` is told how many more were counted, and how many there are. What is written meanwhile is counted by its
    events.

    Raises:
        StartError: the database went away.
    """
    database = Database(pool_size=1, session=SESSION)
    try:
        await database.open(url)
        return await _recount(database, report)
    except (DatabaseUnavailable, *CONNECTION_LOST):
        raise StartError("The database went away before all listings were counted: do it again.") from None
    finally:
        await database.close()


async def _recount(database: Database, report: Callable[[int, int], object]) -> int:
    total = await repository.number_of_listings(database)
    counted, last = 0, -1
    while True:
        number, upto = await repository.keep_next(database, last, COUNTED_AT_ONCE)
        if upto is None:
            return counted
        counted, last = counted + number, upto
        report(number, total)
