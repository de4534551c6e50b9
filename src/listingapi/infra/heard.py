"""What was last heard of allowances that are counted elsewhere, and what was let in on the strength of it; pure.

Whoever has a good part of an allowance left is let in, and told of afterwards. How much may be let in that was not told
of yet is bounded, and so is what all together let in beyond an allowance.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from listingapi.infra.limits import COST, MOST_BUCKETS, Verdict, microseconds

# Of an allowance: what has to be left, as far as was heard, and what may be let in before it is told of.
TENTHS_USED = 9
UNTOLD = 100


@dataclass(slots=True)
class _Heard:
    used: int
    at: int
    untold: int = 0


class Heard:
    """What is known of buckets; one of which nothing was heard lately is full."""

    def __init__(self, clock: Callable[[], int] = microseconds, most_buckets: int = MOST_BUCKETS) -> None:
        self._clock = clock
        self._most_buckets = most_buckets
        self._heard: OrderedDict[str, _Heard] = OrderedDict()

    def hear(self, bucket: str, used: int, told: int) -> None:
        """So much of a bucket was used, after it was told of so many requests."""
        heard = self._of(bucket)
        heard.used, heard.at = used, self._clock()
        heard.untold = max(0, heard.untold - told)

    def take(self, bucket: str, per_minute: int) -> Verdict | None:
        """Let one in, if that can be said without asking."""
        heard = self._of(bucket)
        if not _has_one(heard, per_minute):
            return None
        heard.untold += 1
        refilled = min(heard.used, (self._clock() - heard.at) * per_minute)
        used = heard.used + heard.untold * COST - refilled
        return Verdict(True, used, per_minute)  # noqa: FBT003 - it stands beside its field's name

    def may_take(self, bucket: str, per_minute: int) -> bool:
        """Whether one would be let in now."""
        return _has_one(self._of(bucket), per_minute)

    def untold(self, bucket: str) -> int:
        """How many were let in that were not told of."""
        return self._of(bucket).untold

    def _of(self, bucket: str) -> _Heard:
        heard = self._heard.get(bucket)
        if heard is None:
            if len(self._heard) >= self._most_buckets:
                self._heard.popitem(last=False)
            heard = self._heard[bucket] = _Heard(0, self._clock())
        else:
            self._heard.move_to_end(bucket)
        return heard


def _has_one(heard: _Heard, per_minute: int) -> bool:
    used = heard.used + (heard.untold + 1) * COST
    return used * 10 <= per_minute * COST * TENTHS_USED and heard.untold < max(1, per_minute // UNTOLD)
