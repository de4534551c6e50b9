"""A price that is to come into force at a time, and what becomes of it."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from msgspec import UNSET

from listingapi.access.callers import ANONYMOUS, Caller
from listingapi.access.scopes import Scope
from listingapi.listings import lives
from listingapi.listings.schemas import StoredListing
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
    actor: str | None
    is_confirmed: bool
    state: State = "pending"
    settled_date: datetime | None = None
    settled_version: int | None = None
    reason: str | None = None

    def by(self) -> Caller:
        """Who scheduled it: they were allowed to then, and it is they who change the price."""
        return Caller(self.account_id, frozenset(Scope), self.actor or ANONYMOUS)

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


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a scheduled price whose time has come: the listing after it, the state, and the reason if any."""

    after: StoredListing
    state: State
    reason: str = ""


def settlement_of(scheduled: Schedule, before: StoredListing, now: datetime, *, refusal: str = "") -> Settlement:
    """Decide what becomes of a scheduled price; pricing rules may have refused it.

    It is in force since its effective date, also where it is applied later. A price that was given meanwhile is the
    later word, and stays.
    """
    if refusal:
        return Settlement(lives.renumbered(before), "refused", refusal)
    if before.price_changed_date > scheduled.effective_date:
        return Settlement(lives.renumbered(before), "unchanged", "The listing was given another price since.")
    if before.price_eur == scheduled.price_eur:
        return Settlement(lives.renumbered(before), "unchanged")
    moment = max(now, scheduled.effective_date)
    after = lives.repriced(before, Euros(scheduled.price_eur), moment, since=scheduled.effective_date)
    return Settlement(after, "applied")


SCHEDULE_COLUMNS = tuple(field.name for field in fields(Schedule))
