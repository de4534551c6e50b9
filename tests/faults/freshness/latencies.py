"""How long answers took, while nothing and while each thing was done to Redis; pure."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tests.faults.freshness.delays import is_slow
from tests.faults.freshness.story import Seen
from tests.faults.freshness.trouble import Record

CALM = "calm"
OUT = "anything, and a server restarts"


class Latencies(NamedTuple):
    """Of so many answers, in seconds."""

    answers: int
    p50: float
    p99: float
    longest: float


def latencies(seen: Iterable[Seen], record: Record, listing_ids: Sequence[int]) -> Mapping[str, Latencies]:
    """By what was done when the read began; listings whose reads the test delays itself are left out."""
    began = [each.began for each in record.redis]
    took: dict[str, list[float]] = defaultdict(list)
    for each in seen:
        if not is_slow(listing_ids[each.listing]):
            number = bisect_right(began, each.began) - 1
            is_harmed = number >= 0 and each.began <= record.redis[number].ended
            is_out = any(outage.began <= each.began <= outage.ended for outage in record.outages)
            took[OUT if is_out else record.redis[number].what if is_harmed else CALM].append(each.took)
    return {what: _of(sorted(several)) for what, several in took.items()}


def _of(took: Sequence[float]) -> Latencies:
    return Latencies(len(took), took[len(took) // 2], took[len(took) * 99 // 100], took[-1])
