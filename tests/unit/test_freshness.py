"""The check of the test of freshness sees each kind of wrong, and nothing where nothing is wrong."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.faults.freshness.checking import Evidence, Outage, check
from tests.faults.freshness.promises import EDGE_SECONDS
from tests.faults.freshness.story import Acknowledged, Body, Failure, Seen

HISTORY = {0: [(1, 100), (2, 90), (4, 80)], 1: [(1, 500)]}
ACKNOWLEDGED = [Acknowledged(0, 2, 90, "api-1", 10.0), Acknowledged(0, 4, 80, "nginx", 20.0)]


def seen(number: int, began: float, **other: Any) -> Seen:
    """A read of the first listing that has three versions."""
    given: dict[str, Any] = {
        "kind": "history",
        "asking": "anonymous",
        "place": "api-2",
        "listing": 0,
        "took": 0.1,
    } | other
    return Seen(number=number, began=began, **given)


def wrong_with(**evidence: Any) -> Mapping[str, int]:
    return check(Evidence(**{"acknowledged": ACKNOWLEDGED, "history": HISTORY} | evidence)).wrong


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(seen(1, 9.9), id="before it was acknowledged"),
        pytest.param(seen(2, 9.0), id="before it was acknowledged, when it was committed already"),
        pytest.param(seen(2, 10.0, asking="key"), id="at once"),
        pytest.param(seen(4, 20.0, asking="no-cache", place="nginx"), id="at once, at the edge"),
        pytest.param(seen(1, 10.9), id="a moment ago, elsewhere"),
        pytest.param(seen(2, 20.9, place="api-1"), id="a moment ago, of what another one acknowledged"),
        pytest.param(seen(1, 10 + EDGE_SECONDS - 0.1, place="nginx"), id="a moment ago, at the edge"),
        pytest.param(seen(90, 19.0, kind="page", asking="key"), id="by its price"),
        pytest.param(seen(100, 10.9, kind="page", place="api-1"), id="a page of a moment ago, also of its own"),
        pytest.param(seen(1, 99.0, listing=1), id="of a listing that did not change"),
    ],
)
def test_a_read_that_is_as_new_as_it_must_be_is_nothing_wrong(read: Seen) -> None:
    assert wrong_with(seen=[read]) == {}


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        pytest.param(seen(1, 10.0, asking="key"), "stale: key", id="with a key"),
        pytest.param(seen(2, 30.0, asking="no-cache", place="nginx"), "stale: no-cache", id="for what is true now"),
        pytest.param(seen(90, 20.0, kind="summary", asking="key"), "stale: key", id="by its price"),
        pytest.param(seen(7, 20.0, kind="page", asking="key"), "stale: key", id="by a price that there never was"),
        pytest.param(seen(1, 11.0), "stale: by 1 s and more, api-2", id="longer than a second"),
        pytest.param(
            seen(2, 20 + EDGE_SECONDS, place="nginx"), f"stale: by {EDGE_SECONDS:.0f} s and more, nginx", id="edge"
        ),
        pytest.param(
            seen(1, 10.1, place="api-1"), "stale: of what the same process had acknowledged", id="of the same process"
        ),
    ],
)
def test_a_read_that_is_too_old_is_found(read: Seen, wrong: str) -> None:
    assert wrong_with(seen=[read]) == {wrong: 1}


def test_what_a_read_told_is_not_to_be_taken_back_by_a_later_one() -> None:
    newer = seen(4, 18.0, asking="key", place="api-1", took=0.5)

    assert wrong_with(seen=[newer, seen(2, 18.4, asking="key")]) == {}
    assert wrong_with(seen=[newer, seen(2, 18.5, asking="key")]) == {"stale: key": 1}
    assert wrong_with(seen=[newer, seen(2, 19.5)]) == {"stale: by 1 s and more, api-2": 1}


def test_it_is_told_for_how_long_something_newer_had_been_known() -> None:
    reads = [seen(1, 10.5), seen(1, 10.75), seen(2, 20.25), seen(4, 30.0), seen(1, 10.25, place="nginx")]

    oldest = check(Evidence(reads, ACKNOWLEDGED, HISTORY)).oldest
    assert oldest == {"anonymous api-2": 0.75, "anonymous nginx": 0.25}


def test_acknowledgements_that_come_out_of_order_are_all_heeded() -> None:
    late = [Acknowledged(0, 4, 80, "api-1", 20.0), Acknowledged(0, 2, 90, "api-1", 25.0)]

    assert wrong_with(acknowledged=late, seen=[seen(2, 26.0, asking="key")]) == {"stale: key": 1}


@pytest.mark.parametrize(
    "body",
    [
        Body(0, 4, (100, 90, 80), is_whole=True),
        Body(0, 2, (100, 90), is_whole=True),
        Body(0, 4, (80,), is_whole=False),
    ],
)
def test_a_body_that_is_of_its_version_is_nothing_wrong(body: Body) -> None:
    assert wrong_with(bodies=[body]) == {}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(Body(0, 4, (100, 90), is_whole=True), id="one is missing"),
        pytest.param(Body(0, 2, (100, 90, 80), is_whole=True), id="one came later"),
        pytest.param(Body(0, 4, (100, 90, 90, 80), is_whole=True), id="one is there twice"),
        pytest.param(Body(0, 4, (90, 100, 80), is_whole=True), id="not in order"),
        pytest.param(Body(0, 3, (100, 90), is_whole=True), id="of a version that there is not"),
        pytest.param(Body(0, 4, (90,), is_whole=False), id="a listing with the price of before"),
        pytest.param(Body(9, 1, (100,), is_whole=True), id="of a listing that there is not"),
    ],
)
def test_a_body_that_is_not_of_its_version_is_found(body: Body) -> None:
    assert wrong_with(bodies=[body]) == {"bodies that are not of their version": 1}


@pytest.mark.parametrize(
    "history", [[(1, 100), (4, 80)], [(1, 100), (2, 90), (3, 90), (4, 80)], [(1, 100), (3, 90), (4, 80)]]
)
def test_what_was_acknowledged_is_in_the_history_once_as_it_was_told(history: list[tuple[int, int]]) -> None:
    assert wrong_with(history={0: history}) == {"acknowledged prices that are not in the history once": 1}


@pytest.mark.parametrize(
    ("place", "at", "is_excused"),
    [("api-1", 5.0, True), ("nginx", 5.0, True), ("api-2", 5.0, False), ("api-1", 7.0, False), ("nginx", 3.0, False)],
)
def test_what_fails_is_excused_only_where_and_while_a_server_is_stopped(
    place: str, at: float, *, is_excused: bool
) -> None:
    found = wrong_with(failures=[Failure(place, at, 503, "it")], outages=[Outage("api-1", 4.0, 6.0)])

    assert found == ({} if is_excused else {"failures": 1})


def test_who_disagrees_with_postgresql_at_the_end_is_found() -> None:
    right, old = Body(0, 4, (100, 90, 80), is_whole=True), Body(0, 2, (100, 90), is_whole=True)

    assert wrong_with(last=[("api-1", right)]) == {}
    assert wrong_with(last=[("api-1", old)]) == {"places that disagree with PostgreSQL at the end": 1}
