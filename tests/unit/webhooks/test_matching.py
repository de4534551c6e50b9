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
    ("percent", "euros", "amounts", "expected"),
    [
        pytest.param(None, None, (100_000, 5000), True, id="any change without a threshold"),
        pytest.param("5", None, (100_000, -5000), True, id="a cut of as many percent"),
        pytest.param("5", None, (100_000, -4990), False, id="a cut of fewer percent"),
        pytest.param("5", None, (100_000, -4996), False, id="a cut of fewer percent that rounds up to as many"),
        pytest.param("5", None, (100_000, 9000), False, id="a rise of more percent"),
        pytest.param(None, "5000", (500_000, -5000), True, id="a cut of as many euros"),
        pytest.param(None, "5000", (5000, -4999.99), False, id="a cut of fewer euros"),
        pytest.param(None, "0", (100_000, -0.01), True, id="any cut"),
        pytest.param(None, "0", (100_000, 0.01), False, id="no rise is a cut"),
        pytest.param("5", "5000", (500_000, -5000), True, id="either: enough euros"),
        pytest.param("5", "5000", (1000, -50), True, id="either: enough percent"),
        pytest.param("5", "5000", (5000, -50), False, id="neither"),
        pytest.param("5", None, (0, 7000), False, id="a price that was 0"),
    ],
)
def test_a_change(percent: str | None, euros: str | None, amounts: tuple[float, float], *, expected: bool) -> None:
    before, by = amounts
    percent_as_told = {"change_percent": round(100 * by / before, 2)} if before else {}
    event = change(previous_price_eur=before, change_eur=by, **percent_as_told)
    subscription = Subscription(
        1,
        1,
        min_cut_percent=None if percent is None else Decimal(percent),
        min_cut_eur=None if euros is None else Decimal(euros),
    )

    assert is_large_enough(subscription, event, "price.changed") == expected


def test_a_threshold_is_for_changes_of_a_price_alone() -> None:
    assert is_large_enough(Subscription(1, 1, min_cut_percent=Decimal(50)), change(listing={}), "listing.created")
