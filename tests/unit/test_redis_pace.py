"""A Redis is too slow where none of its answers comes in time; not where some are found late by a busy process."""

from collections.abc import Sequence

import pytest

from listingapi.infra.redis_pace import ANSWERS, SECONDS, Pace

BOUND = 0.02
SLOW = [0.03] * ANSWERS


def verdicts(took: Sequence[float], seconds: float) -> list[bool]:
    """What is said of each answer, where all of them come in so many seconds."""
    now = 0.0
    pace = Pace(BOUND, lambda: now)
    said = []
    for each in took:
        now += seconds / len(took)
        said.append(pace.is_too_slow(each))
    return said


@pytest.mark.parametrize(
    ("took", "seconds", "expected"),
    [
        pytest.param(SLOW, 2 * SECONDS, True, id="all are late"),
        pytest.param([*SLOW, 0.01], 1.05 * SECONDS, False, id="one is not"),
        pytest.param(SLOW[1:], 2 * SECONDS, False, id="they are few"),
        pytest.param(SLOW, SECONDS / 2, False, id="it was for a moment"),
        pytest.param([0.01, *SLOW, *SLOW], 4 * SECONDS, True, id="what was before is forgotten"),
    ],
)
def test_it_is_too_slow_when_all_answers_of_a_while_are_late(
    took: Sequence[float],
    seconds: float,
    expected: bool,  # noqa: FBT001 - what is expected
) -> None:
    assert any(verdicts(took, seconds)) is expected


def test_few_answers_have_their_time_told() -> None:
    now = 0.0
    pace = Pace(BOUND, lambda: now)
    due = 0
    for _ in range(1_000):
        now += 0.001
        due += pace.is_due()

    assert ANSWERS < due <= 21
