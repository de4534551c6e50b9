"""What becomes of a scheduled price whose time has come."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from listingapi.listings import lives
from listingapi.listings.schemas import ListingWrite
from listingapi.money import Euros
from listingapi.prices.schedule import Schedule, settlement_of
from tests import factories

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CREATED = lives.created(7, ListingWrite.read(factories.listing(latest_price_eur=100)), account_id=1, now=NOON)
RENAMED = lives.touched(CREATED, NOON + 3 * HOUR)
REPRICED = lives.repriced(CREATED, Euros("50"), NOON + 3 * HOUR)


def schedule(price: int) -> Schedule:
    """A price that is in force from one o'clock on."""
    return Schedule(
        listing_id=7, version=2, price_eur=Decimal(price), effective_date=NOON + HOUR, created_date=NOON,
        account_id=1, actor="key 7", is_confirmed=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "now", "updated"),
    [
        pytest.param(CREATED, NOON + HOUR, NOON + HOUR, id="on time"),
        pytest.param(CREATED, NOON + 5 * HOUR, NOON + 5 * HOUR, id="late, because nothing ran"),
        pytest.param(RENAMED, NOON + 5 * HOUR, NOON + 5 * HOUR, id="late, and the listing was changed meanwhile"),
        pytest.param(CREATED, NOON, NOON + HOUR, id="by a clock that was put back"),
    ],
)
def test_it_is_in_force_since_its_effective_date(before: Any, now: datetime, updated: datetime) -> None:
    settlement = settlement_of(schedule(90), before, now)

    assert (settlement.state, settlement.reason) == ("applied", "")
    assert settlement.after.price_changed_date == NOON + HOUR
    assert settlement.after.listing.updated_date == updated
    assert settlement.after.price_version == settlement.after.version == before.version + 1


@pytest.mark.parametrize(
    ("before", "price", "refusal", "state", "reason"),
    [
        pytest.param(CREATED, 100, "", "unchanged", "", id="the price is that already"),
        pytest.param(
            REPRICED, 90, "", "unchanged", "The listing was given another price since.", id="a later price stays"
        ),
        pytest.param(CREATED, 90, "Too low.", "refused", "Too low.", id="a rule is against it"),
    ],
)
def test_the_price_stays(before: Any, price: int, refusal: str, state: str, reason: str) -> None:
    settlement = settlement_of(schedule(price), before, NOON + 4 * HOUR, refusal=refusal)

    assert (settlement.state, settlement.reason) == (state, reason)
    assert settlement.after == replace(before, version=before.version + 1)
