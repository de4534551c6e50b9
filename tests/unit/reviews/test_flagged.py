"""What reviews read in events."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from listingapi.events.cloud_events import CloudEvent, StoredEvent, cloud_event
from listingapi.prices.rules import Objection
from listingapi.reviews.flagged import FlaggedPrice, corrected_version, flagged_change, flagged_first

THEN = datetime(2023, 1, 12, 9, 23, 36, tzinfo=UTC)
FLAG: dict[str, Any] = {"rule_id": 3, "kind": "largest-change", "action": "confirm", "detail": "The price changes."}
CHANGED = b'{"price_eur":999999999999.98,"previous_price_eur":0.01,"created_date":"2023-01-12T09:23:36Z","more":1%s}'
CREATED = b'{"listing":{"latest_price_eur":0.10,"created_date":"2023-01-12T09:23:36Z","id":7}%s}'
FLAGS = b',"flags":' + msgspec.json.encode([FLAG])


def event(data: bytes, **about: Any) -> CloudEvent:
    stored: dict[str, Any] = {"listing_id": 7, "version": 2, "type": "price.changed", "account_id": 5, **about}
    return cloud_event(StoredEvent(position=1, created_date=THEN, trace=None, data=data.decode(), **stored), viewer=5)


def test_a_flagged_change_is_read_to_the_cent() -> None:
    assert flagged_change(event(CHANGED % FLAGS)) == FlaggedPrice(
        listing_id=7, version=2, account_id=5, price_eur=Decimal("999999999999.98"), previous_price_eur=Decimal("0.01"),
        created_date=THEN, flags=[Objection(**FLAG)],
    )  # fmt: skip


def test_a_flagged_first_price_has_none_before_it() -> None:
    assert flagged_first(event(CREATED % FLAGS, version=1, type="listing.created")) == FlaggedPrice(
        listing_id=7, version=1, account_id=5, price_eur=Decimal("0.10"), previous_price_eur=None, created_date=THEN,
        flags=[Objection(**FLAG)],
    )  # fmt: skip


@pytest.mark.parametrize("flags", [b"", b',"flags":[]'])
def test_what_is_not_flagged_is_no_matter(flags: bytes) -> None:
    assert flagged_change(event(CHANGED % flags)) is None
    assert flagged_first(event(CREATED % flags)) is None


def test_a_correction_names_what_it_corrects() -> None:
    assert corrected_version(event(b'{"corrects_version":9,"void":true,"reason":"A slip."}')) == 9
