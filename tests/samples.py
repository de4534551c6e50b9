"""Data of events as they stand on the wire, of each type."""

import json
from typing import Any

from tests import factories

MOMENT = "2023-01-12T09:23:36Z"


def data_of(kind: str, **changed: Any) -> str:
    """Data that an event of this type may have, as JSON; those that matter to a test are given."""
    return json.dumps(DATA[kind] | changed, separators=(",", ":"))


def listing(**changed: Any) -> dict[str, Any]:
    """A listing as it is answered."""
    return factories.listing() | {"id": 7, "created_date": MOMENT, "updated_date": MOMENT} | changed


DATA: dict[str, dict[str, Any]] = {
    "listing.created": {"listing": listing()},
    "listing.updated": {"listing": listing(), "changed": ["name"]},
    "listing.withdrawn": {"withdrawn_date": MOMENT},
    "listing.relisted": {"listing": listing()},
    "price.changed": {
        "price_eur": 285_000, "previous_price_eur": 300_000, "change_eur": -15_000, "change_percent": -5,
        "created_date": MOMENT, "source": "api", "account_id": 1,
    },
    "price.scheduled": {"price_eur": 285_000, "effective_date": MOMENT, "account_id": 1},
    "price.corrected": {
        "corrects_version": 2, "price_eur": 285_000, "reason": "A typo.", "current_price_eur": 285_000, "account_id": 1,
    },
}  # fmt: skip
