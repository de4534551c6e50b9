"""The price history as it was known at a moment. Pure: from all that was ever said of a listing's prices.

For all that is known by now, this is the view `listing_price_history`; the tests hold the two against each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from listingapi.money import Euros
from listingapi.prices.schemas import ListingPrice


@dataclass(frozen=True, slots=True)
class Entry:
    """A price as it was said first: in force from `created_date`, told to us at `recorded_date`."""

    version: int
    price_eur: Decimal
    created_date: datetime
    recorded_date: datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """What was said of an entry later: another price, or with none that it is void."""

    version: int
    corrects_version: int
    price_eur: Decimal | None
    recorded_date: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """All that was ever said of the prices of one listing."""

    entries: Sequence[Entry]
    corrections: Sequence[Correction]

    def known_at(self, moment: datetime) -> "Said":
        """What of it had been said by a moment."""
        return Said(
            [entry for entry in self.entries if entry.recorded_date <= moment],
            [correction for correction in self.corrections if correction.recorded_date <= moment],
        )

    def story(self) -> list[ListingPrice]:
        """The plain history, oldest first: the last word on each entry, without those that then change nothing."""
        last_words = self.last_words()
        prices = [(entry, last_words[entry.version]) for entry in sorted(self.entries, key=_by_version)]
        told = [
            ListingPrice(entry.version, Euros(price), entry.created_date)
            for entry, price in prices
            if price is not None
        ]
        return list(_changes(told))

    def last_words(self) -> dict[int, Decimal | None]:
        """What each entry comes to, by its version; None if it is void."""
        first = {entry.version: entry.price_eur for entry in self.entries}
        later = {said.corrects_version: said.price_eur for said in sorted(self.corrections, key=_by_version)}
        return {**first, **later}


def in_force(story: Iterable[ListingPrice], time: datetime) -> ListingPrice | None:
    """The entry of a story that was in force at a time; None before its first."""
    begun = [entry for entry in story if entry.created_date <= time]
    return begun[-1] if begun else None


def _by_version(said: Entry | Correction) -> int:
    return said.version


def _changes(told: Iterable[ListingPrice]) -> Iterable[ListingPrice]:
    price_before = None
    for entry in told:
        if entry.price_eur != price_before:
            yield entry
        price_before = entry.price_eur
