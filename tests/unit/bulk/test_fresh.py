"""New listings as COPY takes them: what is told of their prices is what HTTP tells of the same changes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from listingapi.answers import to_json
from listingapi.bulk.fresh import Amount, price_changes
from listingapi.money import Euros, TwoDecimals
from listingapi.prices.announcements import PriceChanged
from listingapi.prices.summary import change_in_percent

FIRST = datetime(2023, 8, 1, 12, 30, tzinfo=UTC)


def over_http(old: Amount, new: Amount, date: datetime) -> str:
    """What a change is told as when it comes over HTTP, of the same source."""
    before, after = Euros(old), Euros(new)
    change = PriceChanged(
        price_eur=after,
        previous_price_eur=before,
        change_eur=TwoDecimals(after - before),
        change_percent=change_in_percent(before, after),
        created_date=date,
        source="import",
        account_id=7,
    )
    return to_json(change).decode()


def made_up_amounts() -> list[Amount]:
    """Amounts of all sizes, whole and with cents; the same each time."""
    random = Random(1)  # noqa: S311 - no secret
    cents = [random.randrange(10 ** random.randint(1, 14)) for _ in range(3000)]
    return [Euros(Decimal(amount).scaleb(-2)) if amount % 3 else amount // 100 for amount in cents]


@pytest.mark.parametrize(
    "amounts",
    [
        pytest.param([0, 1, 0], id="from and to 0"),
        pytest.param([200, Euros("200.01"), 200, Euros("199.99")], id="half a hundredth of a percent"),
        pytest.param([Euros("999999999999.99"), Euros("999999999999.98")], id="next to nothing"),
        pytest.param(made_up_amounts(), id="made up"),
    ],
)
def test_changes_of_price_are_told_as_over_http(amounts: list[Amount]) -> None:
    dates = [FIRST + timedelta(hours=hour, microseconds=hour % 3) for hour in range(len(amounts))]

    pairs = zip(amounts, amounts[1:], dates[1:], strict=False)
    assert list(price_changes(amounts, dates, 7)) == [over_http(*pair) for pair in pairs]
