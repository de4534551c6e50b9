"""What the model remembers of a listing, and what its prices come to. Plain and slow, so that it is plainly right."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any


@dataclass
class Entry:
    """A price as it was said first."""

    version: int
    price: Decimal
    created: datetime
    recorded: datetime
    source: str
    flags: list[dict[str, Any]]


@dataclass
class Correction:
    """What was said of an entry later; no price voids it."""

    version: int
    corrects: int
    price: Decimal | None
    reason: str
    recorded: datetime


@dataclass
class MarketChange:
    """The listing left the market, or came back."""

    version: int
    kind: str
    created: datetime
    recorded: datetime


@dataclass
class Scheduled:
    """A price that is to come into force, and what became of it."""

    version: int
    price: Decimal
    effective: datetime
    created: datetime
    is_confirmed: bool
    state: str = "pending"
    settled: datetime | None = None
    settled_version: int | None = None
    has_reason: bool = False

    def settle(self, state: str, settled: datetime, version: int, *, has_reason: bool = False) -> None:
        """Remember what became of it."""
        self.state, self.settled, self.settled_version, self.has_reason = state, settled, version, has_reason


@dataclass
class Told:
    """An entry with the price that counts."""

    version: int
    price: Decimal
    created: datetime


@dataclass
class Modelled:
    """What the model remembers of a listing; `content` is what a client wrote besides the price."""

    id: int
    content: dict[str, Any]
    created: datetime
    updated: datetime
    version: int = 1
    entries: list[Entry] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    market: list[MarketChange] = field(default_factory=list)
    scheduled: list[Scheduled] = field(default_factory=list)
    withdrawn: datetime | None = None
    relisted: datetime | None = None
    earlier: timedelta = timedelta()

    @property
    def price(self) -> Decimal:
        """The price in force."""
        return self.story()[-1].price

    @property
    def surface(self) -> Decimal:
        """In square metres."""
        return Decimal(self.content["surface_area_m2"])

    @property
    def pending(self) -> list[Scheduled]:
        """What is scheduled and not settled."""
        return [each for each in self.scheduled if each.state == "pending"]

    def at(self, moment: datetime) -> datetime:
        """When a write takes place."""
        return max(moment, self.updated)

    def touch(self, moment: datetime) -> None:
        """One more version, at a time."""
        self.version += 1
        self.updated = self.at(moment)

    def last_word(self, entry: Entry, known_at: datetime | None = None) -> Correction | None:
        """The correction of an entry that counts."""
        words = [each for each in self.corrections if each.corrects == entry.version]
        known = [each for each in words if known_at is None or each.recorded <= known_at]
        return known[-1] if known else None

    def told(self, known_at: datetime | None = None) -> Iterator[Told]:
        """The entries that are not void, with the prices that count."""
        for entry in self.entries:
            if known_at is None or entry.recorded <= known_at:
                word = self.last_word(entry, known_at)
                price = word.price if word else entry.price
                if price is not None:
                    yield Told(entry.version, price, entry.created)

    def story(self, known_at: datetime | None = None) -> list[Told]:
        """The plain history."""
        story: list[Told] = []
        for told in self.told(known_at):
            if not story or story[-1].price != told.price:
                story.append(told)
        return story
