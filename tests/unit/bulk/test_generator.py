"""Made-up listings: the same for the same plan, and each one believable."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingapi.bulk.generator import PRICE_FACTORS, SeedListing, SeedPlan, generate
from listingapi.bulk.places import PLACES, STREETS
from listingapi.bulk.texts import BEDROOMS, WORDINGS, Wording
from listingapi.infra.start import StartError
from listingapi.listings.schemas import ListingWrite, writable

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def many() -> list[SeedListing]:
    """Enough listings for whatever is rare to occur."""
    return list(generate(SeedPlan(NOW, listings=2_000, prices=6_000)))


@st.composite
def plans(draw: st.DrawFn) -> SeedPlan:
    listings = draw(st.integers(1, 60))
    prices = draw(st.integers(listings, listings * 30))
    return SeedPlan(NOW, listings, prices, draw(st.integers()))


def as_json(listing: SeedListing) -> dict[str, Any]:
    """What a client would send to create this listing."""
    written = {
        "name": listing.name,
        "description": listing.description,
        "building_type": listing.home.building_type,
        "latest_price_eur": listing.prices[-1],
        "surface_area_m2": listing.home.surface,
        "rooms_count": listing.home.rooms,
        "bedrooms_count": listing.home.bedrooms,
        "postal_address": {
            "street_address": listing.street_address,
            "postal_code": listing.place.postal_code,
            "city": listing.place.city,
            "country": listing.place.country,
        },
    }
    return written | ({"contact_phone_number": phone} if (phone := listing.contact_phone_number) else {})


@given(plans())
def test_the_same_plan_makes_up_the_same(plan: SeedPlan) -> None:
    assert list(generate(plan)) == list(generate(plan))


def test_another_random_seed_makes_up_others() -> None:
    one, other = (next(generate(SeedPlan(NOW, random_seed=seed))) for seed in (1, 2))
    assert one != other


@given(plans())
def test_a_plan_is_kept_exactly(plan: SeedPlan) -> None:
    listings = list(generate(plan))
    assert len(listings) == plan.listings
    assert sum(len(listing.prices) for listing in listings) == plan.prices


@given(plans())
def test_every_listing_is_one_that_a_client_may_write(plan: SeedPlan) -> None:
    for listing in generate(plan):
        written = as_json(listing)
        assert writable(ListingWrite.read(written)) == written


@given(plans())
def test_every_listing_is_believable(plan: SeedPlan) -> None:
    for listing in generate(plan):
        home, place = listing.home, listing.place
        assert home.rooms >= home.bedrooms + 1
        assert (home.building_type == "STUDIO") == (home.rooms == 1) == (home.bedrooms == 0)
        assert 10 <= home.surface / home.rooms <= 45
        assert 0.7 < listing.prices[0] / (home.surface * place.price_level * PRICE_FACTORS[home.building_type]) < 1.3
        assert len(listing.prices) == len(listing.dates)
        assert all(before < after for before, after in pairwise(listing.dates))
        assert listing.dates[-1] < plan.now


def test_listings_come_in_the_order_of_their_creation(many: list[SeedListing]) -> None:
    created = [listing.dates[0] for listing in many]
    assert created == sorted(created)


def test_texts_fit_the_numbers(many: list[SeedListing]) -> None:
    for listing in many:
        assert_texts_fit(listing)


def assert_texts_fit(listing: SeedListing) -> None:
    home, place = listing.home, listing.place
    assert f"{home.surface:g} m²".replace(".", ",") in listing.description
    allowed = {f"{home.surface:g}".replace(".", ","), str(home.rooms), str(home.bedrooms)}
    assert set(re.findall(r"\d+(?:,\d+)?", listing.name + listing.description)) <= allowed
    one, many = BEDROOMS[place.language]
    assert (one in listing.description) <= (home.bedrooms == 1)
    assert (f" {many}" in listing.description) <= (home.bedrooms > 1)


def test_streets_are_written_as_in_their_country(many: list[SeedListing]) -> None:
    for listing in many:
        street = listing.street_address.strip("0123456789 ")
        assert street.lower() in {known.lower() for known in STREETS[listing.place.language]}
        assert listing.street_address[0].isdigit() == (listing.place.country == "FR")


def test_every_country_building_type_and_language_occurs(many: list[SeedListing]) -> None:
    assert {listing.place.country for listing in many} == {"FR", "DE", "BE"}
    assert {listing.home.building_type for listing in many} == {"STUDIO", "APARTMENT", "HOUSE"}
    assert {listing.place.language for listing in many if listing.place.country == "BE"} == {"fr", "nl", "de"}


def test_some_listings_have_no_phone_number_and_the_rest_one_that_nobody_has(many: list[SeedListing]) -> None:
    without = [listing for listing in many if listing.contact_phone_number is None]
    assert 0.1 < len(without) / len(many) < 0.2
    kept_free = re.compile(
        r"\+33(19900|26191|35301|46571|53649)\d{4}"
        r"|\+49(3023125|4066969|8999998|2214710|6990009)\d{3}|\+4917139200\d{2}"
        r"|\+32(\d|\d\d)055\d+"
    )
    numbers = [number for listing in many if (number := listing.contact_phone_number)]
    assert all(kept_free.fullmatch(number) for number in numbers)
    assert {len(number) for number in numbers if number.startswith("+32")} == {11}


@pytest.mark.parametrize(("country", "length"), [("FR", 5), ("DE", 5), ("BE", 4)])
def test_postal_codes_have_the_form_of_their_country(country: str, length: int) -> None:
    assert all(re.fullmatch(rf"\d{{{length}}}", place.postal_code) for place in PLACES[country])
    assert len({place.postal_code for place in PLACES[country]}) == len(PLACES[country])


@pytest.mark.parametrize("wording", [wording for by_type in WORDINGS.values() for wording in by_type.values()])
def test_every_sentence_can_be_completed(wording: Wording) -> None:
    for sentence in (*wording.names, *wording.openings):
        assert "{" not in sentence.format(surface="63,5", rooms=3, bedrooms="2 chambres", city="Lyon")
    assert all("{surface}" in opening for opening in wording.openings)
    assert not any("{" in feature for feature in wording.features)


@pytest.mark.parametrize(
    ("listings", "prices", "sentence"),
    [
        pytest.param(0, 0, "--listings must be at least 1.", id="no listing"),
        pytest.param(3, 2, "--prices must be at least --listings, 3: every listing has a price.", id="too few prices"),
        pytest.param(2, 2001, "--prices can be at most 1000 times --listings.", id="too many prices"),
    ],
)
def test_a_plan_that_can_not_be_kept_is_refused_with_a_sentence(listings: int, prices: int, sentence: str) -> None:
    with pytest.raises(StartError, match=re.escape(sentence)):
        SeedPlan(NOW, listings, prices)
