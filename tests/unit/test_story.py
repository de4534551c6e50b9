"""The price history as it was known at a moment, from all that was said."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.story import Correction, Entry, Said, in_force

DAY_0 = datetime(2024, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return DAY_0 + timedelta(days=number)


def entry(version: int, price: str, *, told: float | None = None) -> Entry:
    """A price of the day of its version, told that day if no other is given."""
    return Entry(version, Decimal(price), day(version), day(version if told is None else told))


def correction(version: int, corrects: int, price: str | None) -> Correction:
    return Correction(version, corrects, None if price is None else Decimal(price), day(version))


def prices(said: Said) -> list[tuple[int, str]]:
    return [(told.version, str(told.price_eur)) for told in said.story()]


THREE = [entry(1, "300"), entry(3, "285"), entry(4, "270")]


@pytest.mark.parametrize(
    ("corrections", "story"),
    [
        pytest.param([], [(1, "300"), (3, "285"), (4, "270")], id="what was said, if nothing was corrected"),
        pytest.param(
            [correction(5, 3, "290")], [(1, "300"), (3, "290"), (4, "270")], id="a corrected entry keeps its place"
        ),
        pytest.param([correction(5, 3, None)], [(1, "300"), (4, "270")], id="a void entry is left out"),
        pytest.param([correction(5, 1, None)], [(3, "285"), (4, "270")], id="also the first one"),
        pytest.param([correction(5, 3, "300")], [(1, "300"), (4, "270")], id="one that changes nothing is left out"),
        pytest.param(
            [correction(5, 3, "270")],
            [(1, "300"), (3, "270")],
            id="and so is the one after it, if that changes nothing",
        ),
        pytest.param(
            [correction(5, 3, "300"), correction(6, 4, "300")], [(1, "300")], id="however many follow each other"
        ),
        pytest.param(
            [correction(6, 3, None), correction(5, 3, "1")], [(1, "300"), (4, "270")], id="the last correction counts"
        ),
        pytest.param(
            [correction(5, 3, None), correction(6, 3, "285")],
            [(1, "300"), (3, "285"), (4, "270")],
            id="a void entry can be brought back",
        ),
        pytest.param([correction(5, version, None) for version in (1, 3, 4)], [], id="nothing is left of void ones"),
    ],
)
def test_the_story_is_the_last_word_on_each_entry(corrections: list[Correction], story: list[tuple[int, str]]) -> None:
    assert prices(Said(THREE, corrections)) == story


def test_the_order_is_that_of_the_versions() -> None:
    assert prices(Said(THREE[::-1], [])) == [(1, "300"), (3, "285"), (4, "270")]


@pytest.mark.parametrize(
    ("moment", "story"),
    [
        pytest.param(0.5, [], id="nothing before the first was told"),
        pytest.param(1, [(1, "300")], id="an entry from the moment at which it was told"),
        pytest.param(4, [(1, "300"), (4, "270")], id="without those that were told later, though for an earlier day"),
        pytest.param(6, [(1, "300"), (4, "270")], id="nor their corrections"),
        pytest.param(8, [(1, "300"), (3, "290"), (4, "270")], id="told and corrected"),
        pytest.param(9, [(1, "300"), (4, "270")], id="with the last word of then"),
    ],
)
def test_only_what_was_known_counts(moment: float, story: list[tuple[int, str]]) -> None:
    told_late = entry(3, "285", told=7)
    corrections = [correction(5, 3, "290"), correction(9, 3, None)]

    assert prices(Said([THREE[0], told_late, THREE[2]], corrections).known_at(day(moment))) == story


@pytest.mark.parametrize(
    ("time", "version"),
    [
        pytest.param(0.9, None, id="none before the first"),
        pytest.param(1, 1, id="an entry from its date on"),
        pytest.param(2.9, 1, id="until the next one"),
        pytest.param(3, 3, id="which begins with its date"),
        pytest.param(99, 4, id="the last one until today"),
    ],
)
def test_the_price_in_force_is_the_last_that_had_begun(time: float, version: int | None) -> None:
    found = in_force(Said(THREE, []).story(), day(time))

    assert (found and found.version) == version


def test_of_two_entries_of_one_moment_the_later_is_in_force() -> None:
    same_moment = [entry(1, "300"), Entry(2, Decimal(285), day(1), day(1))]
    found = in_force(Said(same_moment, []).story(), day(1))

    assert found
    assert found.version == 2
