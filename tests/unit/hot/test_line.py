"""What looks at the feed come to."""

from collections.abc import Sequence

import pytest

from listingapi.hot.line import MOST_LOOKS, Line

LOOKS = [
    pytest.param([(1.0, [])], 1.0, id="nothing waits"),
    pytest.param([(1.0, [7])], float("-inf"), id="something waits"),
    pytest.param([(1.0, [7]), (1.2, [7])], float("-inf"), id="it waits on"),
    pytest.param([(1.0, [7]), (1.2, [])], 1.2, id="it waits no more"),
    pytest.param([(1.0, [7]), (1.2, [8])], 1.0, id="something else waits by then"),
    pytest.param([(1.0, [7, 8]), (1.2, [8, 9]), (1.4, [10])], 1.2, id="one after the other"),
    pytest.param([(1.0, []), (1.2, [5])], 1.0, id="what was known stays known"),
]


@pytest.mark.parametrize(("looks", "known_until"), LOOKS)
def test_all_is_known_of_before_a_look_of_which_nothing_waits(
    looks: Sequence[tuple[float, Sequence[int]]], known_until: float
) -> None:
    line = Line()
    for began, waiting in looks:
        line.heard(began, waiting)

    assert line.known_until == known_until


def test_a_line_is_good_for_a_second_after_what_is_known() -> None:
    line = Line()
    line.heard(10.0, [])

    assert (line.is_good(10.9), line.is_good(11.0)) == (True, False)


def test_a_line_that_heard_nothing_is_not_good() -> None:
    assert not Line().is_good(0.0)


def test_what_waits_for_long_takes_no_memory() -> None:
    line = Line()
    for number in range(1_000):
        line.heard(float(number), [1])
    line.heard(1_000.0, [2])

    assert line.known_until == 999.0
    assert MOST_LOOKS < 1_000
