"""The corrected story is told by SQL and, for the tests, by `tests/story.py`: they must agree on anything."""

import asyncio
from datetime import UTC, datetime

import msgspec
from hypothesis import HealthCheck, given, settings, strategies
from msgspec import UNSET, UnsetType

from listingapi.money import Euros
from listingapi.prices import story_repository
from listingapi.prices.correction_service import story_of
from listingapi.prices.errors import CorrectionRefused, NoPriceThen, PriceEntryNotFound
from listingapi.prices.schemas import ListingPrice
from listingapi.prices.service import PriceService
from listingapi.prices.story_repository import Ends
from listingapi.prices.window import Moment
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.story import Correction, Said, in_force
from tests.tellings import HOURS, PRICES, START, histories, telling

STORY = "SELECT version, price_eur, created_date FROM listing_price_history WHERE listing_id = $1 ORDER BY version"

anything = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@anything
@given(said=histories(), moment=HOURS)
def test_the_view_tells_the_story_of_the_pure_code(database: TestDatabase, said: Said, moment: datetime) -> None:
    for known in (said, with_entries(said.known_at(moment))):
        assert asyncio.run(story_of_the_view(database, known)) == known.story()


def with_entries(said: Said) -> Said:
    """Without corrections of what is not known: the database has none of those."""
    versions = {entry.version for entry in said.entries}
    return Said(said.entries, [one for one in said.corrections if one.corrects_version in versions])


async def story_of_the_view(database: TestDatabase, said: Said) -> list[ListingPrice]:
    async with telling(database, said) as (connection, listing_id):
        rows = await connection.fetch(STORY, listing_id)
    return [ListingPrice(row["version"], Euros(row["price_eur"]), row["created_date"]) for row in rows]


@anything
@given(said=histories(), time=HOURS, known_at=strategies.just(UNSET) | HOURS)
def test_the_price_at_a_time_is_that_of_the_pure_code(
    database: TestDatabase, said: Said, time: datetime, known_at: datetime | UnsetType
) -> None:
    known = said if known_at is UNSET else said.known_at(known_at)
    expected = in_force(known.story(), time) or why_none(said, known)

    assert asyncio.run(price_at(database, said, Moment(time=time, known_at=known_at))) == expected


def why_none(said: Said, known: Said) -> str:
    if story := known.story():
        return f"The listing had no price then: its first is of {in_utc(story[0].created_date)}."
    first = min(entry.recorded_date for entry in said.entries)
    return f"No price of the listing was known then: its first was recorded at {in_utc(first)}."


def in_utc(time: datetime) -> str:
    return str(msgspec.to_builtins(time.astimezone(UTC)))


async def price_at(database: TestDatabase, said: Said, moment: Moment) -> ListingPrice | str:
    async with telling(database, said) as (connection, listing_id):
        try:
            found = await PriceService(connection, Clock()).price_at(listing_id, moment)
        except NoPriceThen as error:
            return error.detail
    return ListingPrice(found.version, found.price_eur, found.created_date)


@anything
@given(said=histories(), corrects=strategies.integers(0, 21), price=strategies.none() | PRICES.map(Euros))
def test_a_correction_makes_of_a_story_what_the_pure_code_does(
    database: TestDatabase, said: Said, corrects: int, price: Euros | None
) -> None:
    assert asyncio.run(corrected(database, said, corrects, price)) == expected_of(said, corrects, price)


def expected_of(said: Said, corrects: int, price: Euros | None) -> Ends | type[Exception]:
    words = said.last_words()
    story = Said(said.entries, [*said.corrections, Correction(99, corrects, price, START)]).story()
    if corrects not in words:
        return PriceEntryNotFound
    if words[corrects] == price or not story:
        return CorrectionRefused
    return Ends(story[-1], story[-2].price_eur if len(story) > 1 else None, story[0].price_eur)


async def corrected(database: TestDatabase, said: Said, corrects: int, price: Euros | None) -> Ends | type[Exception]:
    async with telling(database, said) as (connection, listing_id):
        try:
            return story_of(await story_repository.corrected(connection, listing_id, corrects, price), corrects, price)
        except (PriceEntryNotFound, CorrectionRefused) as error:
            return type(error)
