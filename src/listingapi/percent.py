"""Percentages that people set: exact decimals of at most two places."""

from decimal import Decimal

from listingapi.money import TwoDecimals

LARGEST_PERCENT = Decimal("9999999.99")


class Percent(TwoDecimals):
    """A percentage: exact, above 0 to 9 999 999.99, at most two decimals."""

    __slots__ = ()


def percent(value: object) -> Percent:
    """Check a number and make it a percentage.

    Raises:
        TypeError: it is no exact number.
        ValueError: it is out of range, or finer than a hundredth.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError("a percentage is an exact number")
    exact = Decimal(value)
    if not exact.is_finite() or not 0 < exact <= LARGEST_PERCENT:
        raise ValueError("a percentage is above 0, up to 9999999.99")
    hundredths = exact.quantize(Decimal("0.01"))
    if hundredths != exact:
        raise ValueError("a percentage has at most two decimals")
    return Percent(hundredths)
