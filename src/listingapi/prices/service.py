"""The use cases of reading prices."""

from datetime import UTC, datetime

import msgspec

from listingapi.access.callers import Caller
from listingapi.infra.database import Database
from listingapi.listings.writer import Clock
from listingapi.pagination import Page
from listingapi.prices import repository, story_repository
from listingapi.prices.errors import NoPriceThen
from listingapi.prices.records import Place, place_of
from listingapi.prices.schemas import HistoryEntry, ListingPrice, PriceAt, PriceSummary
from listingapi.prices.story_repository import InForce
from listingapi.prices.summary import summary_of
from listingapi.prices.window import Moment, Window


class PriceService:
    """Answers what a listing has cost over time.

    Every read raises ListingNotFound where there is no such listing, and ListingWithdrawn where it is off the market.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def history(
        self, listing_id: int, window: Window, *, after_version: int | None, limit: int
    ) -> tuple[int, Page[ListingPrice]]:
        """The listing's version, and a page of at most `limit` entries of the plain history: the corrected story."""
        version, found = await repository.history(
            self._database, listing_id, window, after_version=after_version, limit=limit + 1
        )
        return version, Page.of(found, limit, place=lambda entry: entry.version)

    async def detailed_history(
        self, listing_id: int, window: Window, by: Caller, *, after: Place | None, limit: int
    ) -> Page[HistoryEntry]:
        """A page of at most `limit` entries of all that was said: prices, corrections, market changes."""
        found = await repository.detailed_history(self._database, listing_id, window, by, after=after, limit=limit + 1)
        return Page.of(found, limit, place=place_of)

    async def summary(self, listing_id: int) -> PriceSummary:
        """What the history comes to."""
        return summary_of(await repository.facts(self._database, listing_id), self._clock())

    async def price_at(self, listing_id: int, moment: Moment) -> PriceAt:
        """The price that was in force at a time; with `known_at`, as it was known then.

        Raises:
            NoPriceThen: there was no price yet, or none was known of.
        """
        found = await story_repository.in_force(self._database, listing_id, moment.time, moment.known_at or None)
        if found.entry is None:
            raise _no_price(found)
        return PriceAt(
            price_eur=found.entry.price_eur,
            created_date=found.entry.created_date,
            version=found.entry.version,
            time=moment.time,
            known_at=moment.known_at,
        )


def _no_price(found: InForce) -> NoPriceThen:
    """Say from when there is a price in what was known, or else from when there was any known."""
    if found.first_created_date:
        return NoPriceThen(f"The listing had no price then: its first is of {_in_utc(found.first_created_date)}.")
    first = _in_utc(found.first_recorded_date)
    return NoPriceThen(f"No price of the listing was known then: its first was recorded at {first}.")


def _in_utc(time: datetime) -> str:
    return str(msgspec.to_builtins(time.astimezone(UTC)))
