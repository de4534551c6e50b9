"""What others are told of prices, as tables."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from listingapi.access.callers import Caller
from listingapi.answers import to_json
from listingapi.events.schemas import Event
from listingapi.listings import lives
from listingapi.listings.schemas import ListingWrite, StoredListing
from listingapi.money import Euros
from listingapi.prices import announcements
from listingapi.prices.change_schemas import CorrectionWrite
from listingapi.prices.rules import Objection
from listingapi.prices.schedule import Schedule
from tests import factories

START = datetime(2024, 1, 1, 12, tzinfo=UTC)
NOW = datetime(2024, 1, 2, 12, tzinfo=UTC)
BY = Caller(3, frozenset())
FLAG = Objection(4, "largest-change", "flag", "Too much.")


def at_price(price: str) -> StoredListing:
    return lives.created(7, ListingWrite.read(factories.listing(latest_price_eur=price)), account_id=1, now=START)


def wire(events: list[Event]) -> list[tuple[str, str]]:
    return [(event.type, to_json(event).decode()) for event in events]


def told(before: StoredListing | None, after: StoredListing, **given: Any) -> list[tuple[str, str]]:
    return wire(announcements.events_of(before, after, by=BY, **{"flags": (), "source": "api", **given}))


@pytest.mark.parametrize(
    ("before", "after", "amounts"),
    [
        pytest.param("300000", "285000", (285000, 300000, -15000, "-5"), id="a cut"),
        pytest.param("285000", "300000.50", ("300000.50", 285000, "15000.50", "5.26"), id="a rise, with cents"),
        pytest.param("200", "200.01", ("200.01", 200, "0.01", "0.01"), id="half a hundredth of a percent, upwards"),
        pytest.param("200.01", "200", (200, "200.01", "-0.01", "0"), id="a tiny cut has no minus before its 0 percent"),
        pytest.param("0", "5", (5, 0, 5, None), id="no percent of 0"),
        pytest.param("5", "0", (0, 5, -5, "-100"), id="down to 0"),
    ],
)
def test_a_change_of_price_is_told_in_euros_and_in_percent(before: str, after: str, amounts: tuple[Any, ...]) -> None:
    new, old, change, percent = amounts
    first = at_price(before)
    said_percent = "" if percent is None else f',"change_percent":{percent}'

    [(kind, data)] = told(first, lives.repriced(first, Euros(after), NOW))
    assert kind == "price.changed"
    assert data == (
        f'{{"price_eur":{new},"previous_price_eur":{old},"change_eur":{change}{said_percent},'
        '"created_date":"2024-01-02T12:00:00Z","source":"api","account_id":3}'
    )


def test_a_change_has_its_flags_and_its_source_and_the_date_since_when_it_is_in_force() -> None:
    first = at_price("100")
    after = lives.repriced(first, Euros(90), NOW, since=datetime(2024, 1, 2, tzinfo=UTC))

    [(_, data)] = told(first, after, flags=(FLAG,), source="schedule")

    assert data.endswith(
        '"created_date":"2024-01-02T00:00:00Z","source":"schedule","account_id":3,'
        '"flags":[{"rule_id":4,"kind":"largest-change","action":"flag","detail":"Too much."}]}'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(None, at_price("1"), id="the first price is told with its listing"),
        pytest.param(at_price("1"), lives.touched(at_price("1"), NOW), id="another version at the same price"),
        pytest.param(at_price("1"), lives.renumbered(at_price("1")), id="a schedule or its end"),
        pytest.param(
            at_price("1"), replace(lives.touched(at_price("2"), NOW), previous_price_eur=None), id="a correction"
        ),
    ],
)
def test_no_change_is_told_where_no_entry_came_with_the_version(
    before: StoredListing | None, after: StoredListing
) -> None:
    assert told(before, after) == []


def test_a_schedule_is_told_by_whom_it_is() -> None:
    schedule = Schedule(
        listing_id=7, version=2, price_eur=Euros("1.10"), effective_date=NOW, created_date=START, account_id=3,
        actor="key 1", is_confirmed=True,
    )  # fmt: skip

    assert wire([announcements.scheduled(schedule)]) == [
        ("price.scheduled", '{"price_eur":1.10,"effective_date":"2024-01-02T12:00:00Z","account_id":3}')
    ]


@pytest.mark.parametrize(
    ("says", "told_so"),
    [
        pytest.param({"price_eur": 9}, '"price_eur":9', id="another price"),
        pytest.param({"price_eur": 0}, '"price_eur":0', id="a price of 0"),
        pytest.param({"void": True}, '"void":true', id="void"),
    ],
)
def test_a_correction_is_told_with_its_reason_and_the_price_by_it(says: dict[str, Any], told_so: str) -> None:
    correction = CorrectionWrite.read(says | {"reason": "A slip."})

    event = announcements.corrected(correction, at_price("8.5"), corrects=2, account_id=3)

    assert wire([event]) == [
        (
            "price.corrected",
            f'{{"corrects_version":2,{told_so},"reason":"A slip.","current_price_eur":8.50,"account_id":3}}',
        )
    ]
