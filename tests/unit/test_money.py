"""Money: exact amounts of at most two decimals."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies

from listingapi.money import euros, euros_on_the_wire


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        pytest.param(100_000, "100000", id="a whole amount has no fraction"),
        pytest.param(Decimal("100000.00"), "100000", id="nor has one that was written with one"),
        pytest.param(Decimal("0.10"), "0.10", id="cents are two digits"),
        pytest.param(Decimal("1E+5"), "100000", id="an exponent is not kept"),
        pytest.param(Decimal("-0.00"), "0", id="there is one zero"),
        pytest.param(Decimal("999999999999.99"), "999999999999.99", id="the largest is exact"),
    ],
)
def test_an_amount_is_written_exactly(amount: Any, written: str) -> None:
    assert bytes(euros_on_the_wire(euros(amount))).decode() == written


@pytest.mark.parametrize(
    "amount",
    [0.1, True, "1", None, -1, Decimal("0.001"), Decimal("1e12"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity")],
)
def test_what_is_no_exact_amount_in_range_is_refused(amount: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="an amount"):
        euros(amount)


@given(strategies.integers(0, 10**14 - 1))
def test_any_number_of_cents_survives_the_wire(cents: int) -> None:
    amount = euros(Decimal(cents).scaleb(-2))

    assert Decimal(bytes(euros_on_the_wire(amount)).decode()) * 100 == cents
