"""What is let in by what was heard of an allowance: never much that was not told of, and nothing near its end."""

import pytest

from listingapi.infra.heard import Heard
from listingapi.infra.limits import COST, Verdict

BUCKET = "address:192.0.2.1:reads"


def let_in(heard: Heard, per_minute: int, bucket: str = BUCKET) -> int:
    """How many are let in until one is not."""
    count = 0
    while heard.may_take(bucket, per_minute):
        assert heard.take(bucket, per_minute)
        count += 1
    assert not heard.take(bucket, per_minute)
    return count


@pytest.mark.parametrize(
    ("per_minute", "used", "expected"),
    [
        pytest.param(3_000, 0, 30, id="a hundredth before it is told of"),
        pytest.param(3_000, 2_690, 10, id="until a tenth is left"),
        pytest.param(3_000, 2_700, 0, id="none beyond that"),
        pytest.param(3_000, 3_000, 0, id="none of what is used up"),
        pytest.param(20, 0, 1, id="one at least"),
        pytest.param(1, 0, 0, id="none where one is more than nine tenths"),
    ],
)
def test_what_is_let_in_is_bounded(per_minute: int, used: int, expected: int) -> None:
    heard = Heard(clock=lambda: 0)
    heard.hear(BUCKET, used * COST, told=0)

    assert let_in(heard, per_minute) == expected


def test_what_was_told_of_makes_room_for_more() -> None:
    heard = Heard(clock=lambda: 0)
    let_in(heard, 3_000)
    assert heard.untold(BUCKET) == 30
    heard.hear(BUCKET, 20 * COST, told=20)

    assert let_in(heard, 3_000) == 20


def test_what_is_left_is_said_by_the_time_that_went_by_since() -> None:
    now = 0
    heard = Heard(clock=lambda: now)
    heard.hear(BUCKET, 100 * COST, told=0)
    now = 1_000_000  # a second, which gives back fifty

    assert heard.take(BUCKET, 3_000) == Verdict(True, 51 * COST, 3_000)  # noqa: FBT003


def test_the_least_lately_used_bucket_is_forgotten_first() -> None:
    heard = Heard(clock=lambda: 0, most_buckets=2)
    for bucket in ("a", "b"):
        heard.hear(bucket, 3_000 * COST, told=0)
    heard.take("a", 3_000)
    heard.take("c", 3_000)

    assert [let_in(heard, 3_000, bucket) for bucket in ("a", "b")] == [0, 30]
