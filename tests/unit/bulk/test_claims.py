"""Batches are applied at the same time only if they touch different listings."""

from typing import Any

import pytest

from listingapi.bulk.claims import Claim


def row(external_id: str | None = None, given_id: int | None = None) -> tuple[Any, ...]:
    return (0, *[None] * 12, external_id, given_id)


NAMED, GIVEN, BOTH = [row("a"), row("b")], [row(None, 1), row(None, 2)], [row("a", 1), row("b", 2)]


@pytest.mark.parametrize(
    ("first", "second", "is_apart"),
    [
        pytest.param(Claim.of(NAMED, {}), Claim.of([row("c")], {}), True, id="other names"),
        pytest.param(Claim.of(NAMED, {}), Claim.of([row("b")], {}), False, id="a name of both"),
        pytest.param(Claim.of(GIVEN, {}), Claim.of([row(None, 3)], {}), True, id="other ids"),
        pytest.param(Claim.of(GIVEN, {}), Claim.of([row(None, 2)], {}), False, id="an id of both"),
        pytest.param(Claim.of(BOTH, {}), Claim.of([row("c", 3)], {}), True, id="other names and ids"),
        pytest.param(Claim.of(BOTH, {}), Claim.of([row("c", 3)], {"c": 2}), False, id="a name of an id of the other"),
        pytest.param(Claim.of(NAMED, {}), Claim.of([row(None, 7)], {}), False, id="ids beside ids that are drawn"),
        pytest.param(Claim.of([row("a"), row(None, 1)], {}), Claim.of([row("c")], {}), False, id="some lines give ids"),
    ],
)
def test_batches_are_apart_if_they_touch_different_listings(first: Claim, second: Claim, *, is_apart: bool) -> None:
    assert first.is_apart_from([second]) is is_apart
    assert second.is_apart_from([first]) is is_apart


def test_nothing_is_in_the_way_of_the_only_batch() -> None:
    assert Claim.of([row("a"), row(None, 1)], {}).is_apart_from([])
