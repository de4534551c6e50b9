"""Percentages that people set: exact, above 0, at most two decimals."""

from decimal import Decimal
from typing import Any

import pytest

from listingapi.percent import percent


@pytest.mark.parametrize(
    ("given", "exact"),
    [
        pytest.param(5, "5.00", id="a whole number"),
        pytest.param(Decimal("0.01"), "0.01", id="the smallest"),
        pytest.param(Decimal("9999999.99"), "9999999.99", id="the largest"),
        pytest.param(Decimal("1E+2"), "100.00", id="an exponent is not kept"),
    ],
)
def test_a_percentage_is_exact(given: Any, exact: str) -> None:
    assert str(percent(given)) == exact


@pytest.mark.parametrize(
    "given", [0, -1, Decimal("0.001"), Decimal(10_000_000), Decimal("NaN"), Decimal("Infinity"), 0.5, True, "5", None]
)
def test_what_is_no_exact_percentage_in_range_is_refused(given: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="a percentage"):
        percent(given)
