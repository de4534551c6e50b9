"""The list-append checker on runs made by hand: a right one passes, and each wrong one is found out."""

from typing import Any

import pytest

from tests.list_append import (
    BACKWARDS,
    DOUBLED,
    LOST,
    NO_PREFIX,
    OVERTAKEN,
    OWN_ORDER,
    STALE,
    UNKNOWN,
    WRONG_VERSION,
    Glance,
    Read,
    Seen,
    Write,
    check,
)

ID = 7
OTHER = 8


def write(price: int, start: float, end: float, writer: int = 1, **given: Any) -> Write:
    return Write(ID, price, writer, start, end, **given)


def read(*prices: int, at: tuple[float, float]) -> Read:
    return Read(ID, prices, *at)


def glance(price: int, *, at: tuple[float, float]) -> Glance:
    return Glance(ID, price, *at)


def kinds(seen: Seen, *history: int) -> list[str]:
    """What the checker finds where the final history, with versions from 1 on, is this."""
    return [violation.kind for violation in check(seen, {ID: dict(enumerate(history, 1))})]


# Two writers: 11 and 12 are of the first, 21 of the second, at the same time as 11.
WRITES = [write(11, 1, 3), write(21, 2, 4, writer=2), write(12, 5, 6)]


@pytest.mark.parametrize(
    ("reads", "history"),
    [
        pytest.param([], (10, 11, 21, 12), id="writes at the same time stand in either order (one)"),
        pytest.param([], (10, 21, 11, 12), id="writes at the same time stand in either order (other)"),
        pytest.param([read(10, at=(0, 1))], (10, 11, 21, 12), id="a read before all writes shows the first price"),
        pytest.param([read(10, 11, at=(1, 2))], (10, 11, 21, 12), id="a write may be seen before it is acknowledged"),
        pytest.param([read(10, at=(2, 9))], (10, 11, 21, 12), id="a long read may show what was when it began"),
        pytest.param([glance(21, at=(4.5, 5))], (10, 11, 21, 12), id="the newest price is the last one"),
        pytest.param(
            [read(10, at=(1, 3)), read(10, 11, at=(1, 2)), read(10, at=(2, 3))],
            (10, 11, 21, 12),
            id="reads at the same time may differ",
        ),
    ],
)
def test_a_right_run_has_no_violation(reads: list[Read | Glance], history: tuple[int, ...]) -> None:
    assert kinds(Seen(WRITES, reads), *history) == []


@pytest.mark.parametrize(
    ("seen", "history", "found"),
    [
        pytest.param(Seen(WRITES), (10, 11, 21), [LOST], id="an acknowledged price is missing"),
        pytest.param(Seen(WRITES), (10, 11, 21, 12, 11), {DOUBLED}, id="an acknowledged price is there twice"),
        pytest.param(Seen(WRITES), (10, 11, 99, 21, 12), [UNKNOWN], id="a price that nobody wrote"),
        pytest.param(
            Seen([write(11, 1, 2), write(12, 3, 4)]), (10, 12, 11), {OWN_ORDER, OVERTAKEN}, id="a writer's own order"
        ),
        pytest.param(
            Seen([write(11, 1, 2, writer=1), write(21, 3, 4, writer=2)]),
            (10, 21, 11),
            [OVERTAKEN],
            id="a write that began after the other was acknowledged stands before it",
        ),
        pytest.param(Seen(WRITES, [read(10, 21, at=(2, 3))]), (10, 11, 21, 12), [NO_PREFIX], id="a read with a hole"),
        pytest.param(Seen(WRITES, [read(11, at=(2, 3))]), (10, 11, 21, 12), [NO_PREFIX], id="a read without the first"),
        pytest.param(
            Seen(WRITES, [read(10, 11, 21, 12, 13, at=(2, 3))]),
            (10, 11, 21, 12),
            {NO_PREFIX, OVERTAKEN},
            id="a read of what is gone in the end",
        ),
        pytest.param(
            Seen(WRITES, [glance(99, at=(2, 3))]), (10, 11, 21, 12), [NO_PREFIX], id="a glance at what is not"
        ),
        pytest.param(
            Seen(WRITES, [read(10, at=(3.5, 4))]), (10, 11, 21, 12), [STALE], id="a read after an acknowledgement"
        ),
        pytest.param(
            Seen(WRITES, [glance(21, at=(7, 8))]), (10, 11, 21, 12), [STALE], id="a glance after an acknowledgement"
        ),
        pytest.param(
            Seen(WRITES, [read(10, 11, at=(1, 1.5)), read(10, at=(1.6, 2))]),
            (10, 11, 21, 12),
            [BACKWARDS],
            id="a later read shows less than one that ended before it began",
        ),
        pytest.param(
            Seen(WRITES, [read(10, 11, 21, at=(2, 2.5)), glance(11, at=(2.6, 2.7))]),
            (10, 11, 21, 12),
            [BACKWARDS],
            id="a later glance shows less than an earlier read",
        ),
        pytest.param(
            Seen([write(11, 1, 3), write(21, 5, 6, writer=2)], [glance(21, at=(3.5, 4))]),
            (10, 11, 21),
            [OVERTAKEN],
            id="a price was seen before its write began",
        ),
        pytest.param(
            Seen([write(11, 1, 3, version=2), write(21, 2, 4, version=2, writer=2)]),
            (10, 11, 21),
            [WRONG_VERSION],
            id="two prices were acknowledged with one version",
        ),
    ],
)
def test_each_violation_is_found(seen: Seen, history: tuple[int, ...], found: list[str] | set[str]) -> None:
    assert set(kinds(seen, *history)) == set(found)
    assert isinstance(found, set) or len(kinds(seen, *history)) == len(found)


@pytest.mark.parametrize("history", [(10, 11, 13), (10, 11, 12, 13), (10, 12, 11, 13), (10, 11, 13, 12)])
def test_a_write_that_was_never_acknowledged_may_stand_there_once_or_not(history: tuple[int, ...]) -> None:
    died = write(12, 2, 4, writer=2, is_acknowledged=False)
    assert kinds(Seen([write(11, 1, 3), died, write(13, 5, 6, writer=2)]), *history) == []


def test_a_write_that_was_never_acknowledged_stands_there_once_at_most() -> None:
    died = write(12, 2, 4, writer=2, is_acknowledged=False)
    assert kinds(Seen([write(11, 1, 3), died]), 10, 12, 11, 12) == [DOUBLED]


def test_each_listing_is_held_against_its_own_history() -> None:
    seen = Seen([write(11, 1, 2), Write(OTHER, 12, 1, 1, 2)])
    assert check(seen, {ID: {1: 10, 2: 11}, OTHER: {1: 10, 2: 12}}) == []
    assert [found.listing_id for found in check(seen, {ID: {1: 10, 2: 11}, OTHER: {1: 10}})] == [OTHER]
