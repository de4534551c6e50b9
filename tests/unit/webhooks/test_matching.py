"""Which changes of a price are cuts that are large enough."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from listingapi.events.cloud_events import CloudEvent
from listingapi.webhooks.matching import Subscription, is_large_enough


def change(**data: Any) -> CloudEvent:
    """An event with these data."""
    return CloudEvent(
        specversion="1.0",
        source="/listings",
        datacontenttype="application/json",
        id="1-2-price.changed",
        type="org.listingapi.price.changed.v1",
        subject="1",
        time=datetime(2023, 1, 12, tzinfo=UTC),
        sequence="2",
        account="1",
        data=Raw(msgspec.json.encode(data)),
    )


@pytest.mark.parametrize(
    ("percent", "euros", "data", "expected"),
    [
        pytest.param(None, None, {"change_eur": 5000, "change_percent": 5}, True, id="any change without a threshold"),
        pytest.param("5", None, {"change_eur": -5000, "change_percent": -5}, True, id="a cut of as many percent"),
        pytest.param("5", None, {"change_eur": -4999, "change_percent": -4.99}, False, id="a cut of fewer percent"),
        pytest.param("5", None, {"change_eur": 9000, "change_percent": 9}, False, id="a rise of more percent"),
        pytest.param(None, "5000", {"change_eur": -5000, "change_percent": -1}, True, id="a cut of as many euros"),
        pytest.param(None, "5000", {"change_eur": -4999.99, "change_percent": -99}, False, id="a cut of fewer euros"),
        pytest.param(None, "0", {"change_eur": -0.01, "change_percent": 0}, True, id="any cut"),
        pytest.param(None, "0", {"change_eur": 0.01, "change_percent": 0}, False, id="no rise is a cut"),
        pytest.param("5", "5000", {"change_eur": -5000, "change_percent": -1}, True, id="either: enough euros"),
        pytest.param("5", "5000", {"change_eur": -50, "change_percent": -5}, True, id="either: enough percent"),
        pytest.param("5", "5000", {"change_eur": -50, "change_percent": -1}, False, id="neither"),
        pytest.param("5", None, {"change_eur": 7000}, False, id="a price that was 0"),
    ],
)
def test_a_change(percent: str | None, euros: str | None, data: dict[str, Any], *, expected: bool) -> None:
    subscription = Subscription(
        1,
        1,
        min_cut_percent=None if percent is None else Decimal(percent),
        min_cut_eur=None if euros is None else Decimal(euros),
    )

    assert is_large_enough(subscription, change(**data), "price.changed") == expected


def test_a_threshold_is_for_changes_of_a_price_alone() -> None:
    assert is_large_enough(Subscription(1, 1, min_cut_percent=Decimal(50)), change(listing={}), "listing.created")
