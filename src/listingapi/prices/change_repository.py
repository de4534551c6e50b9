"""The SQL of what is added to price histories, as parts of a write on a listing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from listingapi.infra.write import Write
from listingapi.listings.schemas import StoredListing
from listingapi.prices.rules import Objection


def append(  # noqa: PLR0913 - an entry has that much to say
    write: Write, after: StoredListing, *, source: str, account_id: int, flags: Sequence[Objection], now: datetime
) -> None:
    """Append the price that came with a listing's version."""
    insert(
        write,
        "listing_price",
        {
            "listing_id": (after.listing.id, "bigint"),
            "version": (after.version, "bigint"),
            "price_eur": (after.price_eur, "numeric"),
            "created_date": (after.price_changed_date, "timestamptz"),
            "recorded_date": (now, "timestamptz"),
            "source": (source, "text"),
            "account_id": (account_id, "bigint"),
            "flags": (msgspec.json.encode(flags).decode() if flags else None, "jsonb"),
        },
    )


def insert(write: Write, table: str, values: dict[str, tuple[Any, str]]) -> None:
    """Add a row, each value with its SQL type."""
    write.add(f"""
        INSERT INTO {table} ({", ".join(values)})
        SELECT {", ".join(write.bind(*value) for value in values.values())} FROM guard
    """)
