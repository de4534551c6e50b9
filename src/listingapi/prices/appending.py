"""How a new price gets into the history: held against the rules of its account, then appended with its flags."""

from collections.abc import Sequence
from datetime import datetime

from listingapi.access.callers import Caller
from listingapi.infra.write import Write
from listingapi.listings.schemas import StoredListing
from listingapi.prices import change_repository
from listingapi.prices.rules import Objection, ProposedPrice, Rule, judge, objections
from listingapi.prices.schemas import Source

Flags = Sequence[Objection]


def flags_of(
    before: StoredListing | None,
    after: StoredListing | None,
    rules: Sequence[Rule],
    *,
    is_confirmed: bool,
    pointer: str,
) -> Flags:
    """Hold the price of a listing to be against the rules, if there is one; what they object to is recorded with it.

    Raises:
        PriceRejected: a rule that rejects is broken (422).
        PriceChangeNeedsConfirmation: a rule that asks is broken, and the price is not confirmed (409).
    """
    if not rules or after is None:
        return ()
    listing = after.listing
    proposed = ProposedPrice(
        old_price_eur=before.price_eur if before else None,
        new_price_eur=after.price_eur,
        surface_area_m2=listing.surface_area_m2,
        country=listing.postal_address.country,
        building_type=listing.building_type,
        price_changed_date=before.price_changed_date if before else None,
        now=after.price_changed_date,
    )
    return judge(objections(proposed, rules), confirmed=is_confirmed, pointer=pointer)


def append(write: Write, after: StoredListing, *, by: Caller, flags: Flags, now: datetime, source: Source) -> None:  # noqa: PLR0913
    """Append the price of a listing to its history, if it came with this version."""
    if after.price_version == after.version:
        change_repository.append(write, after, source=source, by=by, flags=flags, now=now)
