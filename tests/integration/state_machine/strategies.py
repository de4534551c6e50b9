"""What the machine chooses from: few values, so that they meet each other often."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests import factories

KEYS = ("one", "two", "three", "four", "five", "six")
WORDS = ("sunny", "old", "Loft", "garden")

PRICES = st.one_of(
    st.sampled_from([0, 1, 9_500_000, 9_999_999, 10_000_000, 10_000_050, 12_000_000]), st.integers(0, 10**14 - 1)
).map(lambda cents: Decimal(cents).scaleb(-2))
TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=20)
SPANS = st.sampled_from(
    [timedelta(microseconds=1), timedelta(seconds=1), timedelta(minutes=30), timedelta(days=1), timedelta(days=30)]
)
DELAYS = st.sampled_from(
    [timedelta(seconds=1), timedelta(minutes=30), timedelta(days=1), timedelta(days=30), timedelta()]
)
SELDOM = st.sampled_from([False, False, False, True])
CONTENTS = st.fixed_dictionaries(
    {
        "name": TEXTS,
        "description": st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join),
        "building_type": st.sampled_from(["STUDIO", "APARTMENT", "HOUSE"]),
        "surface_area_m2": st.sampled_from([Decimal(text) for text in ("63.5", "0", "0.005", "0.01", "33.333", "40")]),
        "rooms_count": st.one_of(st.integers(1, 4), st.just(999_999_999)),
        "bedrooms_count": st.integers(0, 3),
        "postal_code": st.sampled_from(["75001", "75011", "69007"]),
    },
    optional={"contact_phone_number": st.from_regex(r"\A\+[1-9][0-9]{1,14}\Z")},
)
RULES = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("largest-change"), "max_change_percent": st.sampled_from([Decimal("0.01"), 5, 90])}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("price-per-m2"), "max_price_per_m2_eur": st.sampled_from([0, 1500, Decimal("1574.81")])},
        optional={"building_type": st.sampled_from(["APARTMENT", "HOUSE"])},
    ),
    st.fixed_dictionaries({"kind": st.just("price-per-m2"), "min_price_per_m2_eur": st.sampled_from([1, 1500])}),
    st.fixed_dictionaries({"kind": st.just("smallest-interval"), "min_interval_seconds": st.sampled_from([1, 86_400])}),
)
ACTIONS = st.sampled_from(["flag", "confirm", "reject"])
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "postal_code": st.sampled_from(["75", "75011", "6"]),
        "building_type": st.sampled_from(["STUDIO", "APARTMENT", "HOUSE"]),
        "min_price_eur": PRICES,
        "max_price_per_m2": PRICES,
        "min_price_per_m2": PRICES,
        "min_surface_area_m2": st.sampled_from([0, 40]),
        "max_rooms": st.integers(1, 4),
        "text": st.sampled_from([word.lower()[:3] for word in WORDS]),
        "updated_since": SPANS,
        "reduced_since": SPANS,
        "min_drop_percent": st.sampled_from([Decimal("0.01"), 5, 100]),
        "status": st.sampled_from(["on-market", "withdrawn"]),
        "sort": st.sampled_from(["created", "updated", "price", "price_per_m2", "drop", "changed"]).flatmap(
            lambda name: st.sampled_from([name, f"-{name}"])
        ),
    },
)


@dataclass(frozen=True)
class Terms:
    """On which terms a write is sent; `match` is whether an If-Match names the present version."""

    key: str | None = None
    match: bool | None = None
    confirm: bool = False


TERMS = st.builds(
    Terms,
    key=st.sampled_from([*[None] * len(KEYS), *KEYS]),
    match=st.sampled_from([None, None, None, None, True, True, False]),
    confirm=st.booleans(),
)


def content_of(drawn: dict[str, Any], city: str) -> dict[str, Any]:
    """What a client writes of a listing, besides its price."""
    address = factories.address(city=city, postal_code=drawn["postal_code"])
    return {name: value for name, value in drawn.items() if name != "postal_code"} | {"postal_address": address}
