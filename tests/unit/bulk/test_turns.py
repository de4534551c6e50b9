"""Turns: the lines of one listing come one after the other, those of different listings together."""

from typing import Any

import pytest

from listingapi.bulk.turns import in_turns


def row(external_id: str | None = None, given_id: int | None = None) -> tuple[Any, ...]:
    return (0, *[None] * 12, external_id, given_id)


@pytest.mark.parametrize(
    ("rows", "known", "expected"),
    [
        pytest.param([row("a"), row("b")], {}, [1, 1], id="different listings have the same turn"),
        pytest.param([row("a"), row("b"), row("a"), row("a")], {}, [1, 1, 2, 3], id="one listing has turn after turn"),
        pytest.param([row(None, 1), row(None, 1), row(None, 2)], {}, [1, 2, 1], id="an id names a listing, too"),
        pytest.param([row("a", 1), row(None, 1), row("a")], {}, [1, 2, 2], id="one line joins name and id"),
        pytest.param([row("a"), row(None, 1), row("a")], {1: "a"}, [1, 2, 3], id="a known id is of its external id"),
        pytest.param([], {}, [], id="no lines, no turns"),
    ],
)
def test_turns(rows: list[Any], known: dict[int, str], expected: list[int]) -> None:
    assert [staged[0] for staged in in_turns(rows, known)] == expected
