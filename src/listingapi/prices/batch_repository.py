"""The SQL of changing many prices at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from listingapi.audit import repository as audit
from listingapi.events import outbox
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.write import Write
from listingapi.listings.schemas import StoredListing
from listingapi.prices.announcements import PriceChanged
from listingapi.prices.rules import Objection


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A listing with its new price, what pricing rules object to it, and what others are told of it."""

    after: StoredListing
    flags: Sequence[Objection]
    event: PriceChanged


def change(write: Write, changes: Sequence[NewPrice], attempt: Attempt, *, now: datetime) -> None:
    """Store new prices of listings that the transaction holds locked, and append them to their histories."""
    write.guard("SELECT")
    if not changes:
        return
    columns = {
        "listing_id": ([change.after.listing.id for change in changes], "bigint[]"),
        "version": ([change.after.version for change in changes], "bigint[]"),
        "price_eur": ([change.after.price_eur for change in changes], "numeric[]"),
        "previous_price_eur": ([change.after.previous_price_eur for change in changes], "numeric[]"),
        "created_date": ([change.after.price_changed_date for change in changes], "timestamptz[]"),
        "flags": (
            [msgspec.json.encode(change.flags).decode() if change.flags else None for change in changes],
            "jsonb[]",
        ),
        "owner_id": ([change.after.account_id for change in changes], "bigint[]"),
        "event": ([outbox.data_of(change.event) for change in changes], "text[]"),
    }
    arrays = ", ".join(write.bind(*column) for column in columns.values())
    write.add(f"SELECT given.* FROM guard, unnest({arrays}) AS given ({', '.join(columns)})", name="given")
    write.add("""
        UPDATE listing SET
            version = given.version,
            latest_price_eur = given.price_eur,
            previous_price_eur = given.previous_price_eur,
            price_version = given.version,
            price_changed_date = given.created_date,
            updated_date = given.created_date
        FROM given
        WHERE listing.listing_id = given.listing_id
    """)
    write.add(f"""
        INSERT INTO listing_price
            (listing_id, version, price_eur, created_date, recorded_date, source, account_id, actor, flags)
        SELECT listing_id, version, price_eur, created_date, {write.bind(now, "timestamptz")}, 'api',
            {write.bind(attempt.account_id, "bigint")}, {write.bind(attempt.by.actor, "text")}, flags
        FROM given
    """)
    audit.record_listings(write, attempt.by, attempt.operation, now=now, changed=["latest_price_eur"])
    outbox.enqueue_given(write, PriceChanged, attempt.trace)
