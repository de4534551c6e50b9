"""Query parameters are read as the OpenAPI document has them."""

from decimal import Decimal

import pytest
from msgspec import UNSET

from listingapi.errors import InvalidRequest
from listingapi.listings.filters import Search
from listingapi.money import euros
from listingapi.query import read_query


@pytest.mark.parametrize(
    ("written", "meant"), [("1.192092896e-07", 1.192092896e-07), ("1E3", 1000.0), ("2.5e+1", 25.0), ("0.5", 0.5)]
)
def test_a_number_may_have_an_exponent(written: str, meant: float) -> None:
    assert read_query({"max_surface_area_m2": written}, Search).max_surface_area_m2 == meant


def test_a_price_with_an_exponent_is_exact() -> None:
    assert read_query({"max_price_eur": "1.2345e2"}, Search).max_price_eur == euros(Decimal("123.45"))


@pytest.mark.parametrize("name", ["max_surface_area_m2", "max_price_eur"])
@pytest.mark.parametrize("written", ["1e", "e1", "1e99", "1e9999", "-1e0", "1e-", "0x1e1", "1e1.5", "nan", "inf"])
def test_what_is_no_number_of_the_range_is_refused(name: str, written: str) -> None:
    with pytest.raises(InvalidRequest, match=f"{name} must be a number from 0 to"):
        read_query({name: written}, Search)


def test_an_integer_has_no_exponent_and_a_text_keeps_it() -> None:
    with pytest.raises(InvalidRequest, match="min_rooms must be an integer"):
        read_query({"min_rooms": "1e1"}, Search)

    query = read_query({"city": "1e1"}, Search)
    assert (query.city, query.max_price_eur) == ("1e1", UNSET)
