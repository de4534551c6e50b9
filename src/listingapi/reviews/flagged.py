"""What reviews read in events. Pure."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec import Struct

from listingapi.events.cloud_events import CloudEvent
from listingapi.prices.rules import Objection


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedPrice:
    """A price of a listing, in euros, that pricing rules have something against."""

    listing_id: int
    version: int
    account_id: int
    price_eur: Decimal
    previous_price_eur: Decimal | None
    created_date: datetime
    flags: list[Objection]


class _Changed(Struct):
    price_eur: Decimal
    previous_price_eur: Decimal
    created_date: datetime
    flags: list[Objection] = []


class _Listing(Struct):
    latest_price_eur: Decimal
    created_date: datetime


class _Created(Struct):
    listing: _Listing
    flags: list[Objection] = []


class _Corrected(Struct):
    corrects_version: int


def flagged_first(event: CloudEvent) -> FlaggedPrice | None:
    """The first price of a listing that was created, if it was flagged."""
    created = msgspec.json.decode(event.data, type=_Created)
    listing = created.listing
    return _flagged(event, listing.latest_price_eur, None, listing.created_date, created.flags)


def flagged_change(event: CloudEvent) -> FlaggedPrice | None:
    """The new price of a listing, if it was flagged."""
    changed = msgspec.json.decode(event.data, type=_Changed)
    return _flagged(event, changed.price_eur, changed.previous_price_eur, changed.created_date, changed.flags)


def corrected_version(event: CloudEvent) -> int:
    """The version of the entry that a correction corrects."""
    return msgspec.json.decode(event.data, type=_Corrected).corrects_version


def _flagged(
    event: CloudEvent, price_eur: Decimal, previous: Decimal | None, created_date: datetime, flags: list[Objection]
) -> FlaggedPrice | None:
    if not flags:
        return None
    return FlaggedPrice(
        listing_id=int(event.subject),
        version=int(event.sequence),
        account_id=int(event.account),
        price_eur=price_eur,
        previous_price_eur=previous,
        created_date=created_date,
        flags=flags,
    )
