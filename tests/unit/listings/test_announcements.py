"""What others are told of a listing, as a table from the listing before and after a write."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from listingapi.answers import to_json
from listingapi.listings import lives
from listingapi.listings.announcements import events_of
from listingapi.listings.schemas import ListingWrite, StoredListing
from listingapi.money import Euros
from tests import factories

START = datetime(2024, 1, 1, 12, tzinfo=UTC)
NOW = datetime(2024, 1, 2, 12, tzinfo=UTC)

BEFORE = lives.created(7, ListingWrite.read(factories.listing()), account_id=1, now=START)
WITHDRAWN = lives.withdrawn(BEFORE, START)


def put(**changed: Any) -> StoredListing:
    return lives.replaced(BEFORE, ListingWrite.read(factories.listing(**changed)), NOW)


def told(before: StoredListing | None, after: StoredListing) -> list[tuple[str, Any]]:
    """Type and data of the events, the data as parsed JSON."""
    return [(event.type, msgspec.json.decode(to_json(event))) for event in events_of(before, after)]


def wire(stored: StoredListing) -> Any:
    """A listing as the API answers it."""
    return msgspec.json.decode(to_json(stored.listing))


def test_a_new_listing_is_told_with_its_first_price() -> None:
    assert told(None, BEFORE) == [("listing.created", {"listing": wire(BEFORE)})]
    assert wire(BEFORE)["latest_price_eur"] == 100_000


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        pytest.param({"name": "Other"}, ["name"], id="its name"),
        pytest.param({"rooms_count": 9, "name": "Other"}, ["name", "rooms_count"], id="several, in their order"),
        pytest.param({"surface_area_m2": 63.50001}, ["surface_area_m2"], id="its surface"),
        pytest.param({"contact_phone_number": ""}, ["contact_phone_number"], id="no phone number any more"),
        pytest.param({"postal_address": factories.address(city="Lyon")}, ["postal_address"], id="its address"),
        pytest.param({"name": "Other", "latest_price_eur": 5}, ["name"], id="its price has an event of its own"),
    ],
)  # fmt: skip
def test_an_update_names_what_changed(changed: dict[str, Any], names: list[str]) -> None:
    after = put(**changed)

    assert told(BEFORE, after) == [("listing.updated", {"listing": wire(after), "changed": names})]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(put(), id="written as it is"),
        pytest.param(put(latest_price_eur=5), id="only the price"),
        pytest.param(lives.touched(BEFORE, NOW), id="only the date"),
        pytest.param(lives.renumbered(BEFORE), id="only the version"),
        pytest.param(BEFORE, id="nothing"),
    ],
)
def test_nothing_is_told_where_only_price_version_or_date_differ(after: StoredListing) -> None:
    assert told(BEFORE, after) == []


def test_a_withdrawal_is_told_with_its_date() -> None:
    assert told(BEFORE, lives.withdrawn(BEFORE, NOW)) == [
        ("listing.withdrawn", {"withdrawn_date": "2024-01-02T12:00:00Z"})
    ]


@pytest.mark.parametrize("price", [None, Euros("90000.50")], ids=["at its price", "at another price"])
def test_a_relisting_is_told_with_the_listing_as_it_is_back(price: Euros | None) -> None:
    after = lives.relisted(WITHDRAWN, price, NOW)

    assert told(WITHDRAWN, after) == [("listing.relisted", {"listing": wire(after)})]
    assert wire(after)["latest_price_eur"] == (100_000 if price is None else 90_000.5)


def test_what_is_off_the_market_and_stays_so_is_not_told() -> None:
    assert told(WITHDRAWN, replace(WITHDRAWN, version=9)) == []
