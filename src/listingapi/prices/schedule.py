"""A price that is to come into force at a time, and what becomes of it."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from msgspec import UNSET

from listingapi.money import Euros
from listingapi.prices.change_schemas import ScheduledPrice, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A scheduled price as it is stored."""

    listing_id: int
    version: int
    price_eur: Decimal
    effective_date: datetime
    created_date: datetime
    account_id: int
    is_confirmed: bool
    state: State = "pending"
    settled_date: datetime | None = None
    settled_version: int | None = None
    reason: str | None = None

    def as_answered(self) -> ScheduledPrice:
        """The schedule as callers see it."""
        return ScheduledPrice(
            version=self.version,
            price_eur=Euros(self.price_eur),
            effective_date=self.effective_date,
            created_date=self.created_date,
            state=self.state,
            settled_date=self.settled_date or UNSET,
            settled_version=self.settled_version or UNSET,
            reason=self.reason or UNSET,
        )


SCHEDULE_COLUMNS = tuple(field.name for field in fields(Schedule))
