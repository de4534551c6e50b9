"""Money: exact decimals of at most two places, never a binary float."""

from decimal import Decimal

import msgspec

LARGEST_EUROS = Decimal("999999999999.99")


class Euros(Decimal):
    """An amount in euros: exact, 0 to 999 999 999 999.99, at most two decimals."""

    __slots__ = ()


class TwoDecimals(Decimal):
    """A number with two decimals, of either sign, that is computed from amounts: a change, a percentage, euros/m²."""

    __slots__ = ()


def euros(value: object) -> Euros:
    """Check a number and make it an amount.

    `value` is an `int` or a `Decimal`; a `float` is refused because it has already lost the amount.

    Raises:
        TypeError: it is no exact number.
        ValueError: it is out of range, or finer than a cent.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError("an amount is an exact number")
    amount = Decimal(value)
    if not amount.is_finite() or not 0 <= amount <= LARGEST_EUROS:
        raise ValueError("an amount is from 0 to 999999999999.99")
    cents = amount.quantize(Decimal("0.01"))
    if cents != amount:
        raise ValueError("an amount has at most two decimals")
    return Euros(abs(cents))


def euros_on_the_wire(amount: Euros | TwoDecimals) -> msgspec.Raw:
    """Write an amount as a JSON number; a whole one without a fraction, for clients that expect an integer."""
    return msgspec.Raw(format(amount, ".2f").removesuffix(".00").encode())


def in_words(amount: Decimal) -> str:
    """Write an amount for people."""
    return f"{amount:.2f}".removesuffix(".00") + " €"
