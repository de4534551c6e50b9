"""The bodies of pricing rules: each kind has fields of its own, and what is wrong is said of each."""

from typing import Any

import pytest

from listingapi.errors import InvalidRequest
from listingapi.percent import Percent
from listingapi.prices.rules import Rule
from listingapi.rules.schemas import WRITTEN, LargestChangeWrite, PricePerM2Write, PricingRuleWrite

LARGEST = {"kind": "largest-change", "max_change_percent": 50}
PER_M2 = {"kind": "price-per-m2", "min_price_per_m2_eur": 500, "max_price_per_m2_eur": 9000}
INTERVAL = {"kind": "smallest-interval", "min_interval_seconds": 3600}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        pytest.param([], "The body must be an object", id="no object"),
        pytest.param(
            {}, "kind is required and must be largest-change, price-per-m2 or smallest-interval", id="no kind"
        ),
        pytest.param(
            {"kind": "other"}, "kind must be largest-change, price-per-m2 or smallest-interval", id="an unknown kind"
        ),
        pytest.param(
            {"kind": ["price-per-m2"]},
            "kind must be largest-change, price-per-m2 or smallest-interval",
            id="a kind that is no string",
        ),
        pytest.param(LARGEST | {"action": "ask"}, "action must be flag, confirm or reject", id="an unknown action"),
        pytest.param(
            {"kind": "largest-change"},
            "max_change_percent is required and must be a number above 0, up to 9999999.99, with at most two decimals",
            id="a largest change without its percentage",
        ),
        pytest.param(
            LARGEST | {"max_change_percent": 0},
            "max_change_percent must be a number above 0, up to 9999999.99, with at most two decimals",
            id="a largest change of nothing",
        ),
        pytest.param(
            LARGEST | {"country": "FR", "min_interval_seconds": 1},
            "country does not go with the kind largest-change; "
            "min_interval_seconds does not go with the kind largest-change",
            id="fields of other kinds",
        ),
        pytest.param(LARGEST | {"percent": 1}, "percent is not a known property", id="a field of no kind"),
        pytest.param(
            {"kind": "price-per-m2", "country": "FR"},
            "min_price_per_m2_eur is required unless there is a max_price_per_m2_eur",
            id="a price per square metre without a bound",
        ),
        pytest.param(
            PER_M2 | {"min_price_per_m2_eur": 9001},
            "min_price_per_m2_eur must not be more than max_price_per_m2_eur",
            id="bounds that no price is within",
        ),
        pytest.param(
            PER_M2 | {"country": "France", "building_type": "CASTLE"},
            "country must be an ISO 3166-1 alpha-2 country code, in capitals; "
            "building_type must be STUDIO, APARTMENT or HOUSE",
            id="a country and a building type that do not exist",
        ),
        pytest.param(
            INTERVAL | {"min_interval_seconds": 0.5},
            "min_interval_seconds must be an integer from 1 to 999999999",
            id="an interval that is not whole",
        ),
    ],
)
def test_what_is_wrong_is_named(given: Any, problem: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        PricingRuleWrite.read(given)

    assert refused.value.detail == problem


def test_a_rule_flags_unless_it_says_otherwise() -> None:
    assert PricingRuleWrite.read(LARGEST).action == "flag"


def test_numbers_may_be_strings_and_what_was_read_may_be_sent_back() -> None:
    given = {"kind": "largest-change", "max_change_percent": "0.10", "id": 7, "created_date": "x", "updated_date": None}

    assert PricingRuleWrite.read(given) == LargestChangeWrite(kind="largest-change", max_change_percent=Percent("0.10"))


def test_equal_bounds_of_a_price_per_square_metre_are_fine() -> None:
    given = PER_M2 | {"min_price_per_m2_eur": 9000}

    assert isinstance(PricingRuleWrite.read(given), PricePerM2Write)


def test_the_kinds_are_those_that_prices_are_held_against() -> None:
    judged = {rule.__struct_config__.tag for rule in Rule.__args__}

    assert judged == WRITTEN.keys()
