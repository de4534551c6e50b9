"""Counts requests by their routes: how many, how they ended, and how long they took.

A request raises plain numbers; what has come together is brought to the metrics of the process once a second. So it
costs a request next to nothing, also where the metrics of several processes are kept in files that they share.
"""

from bisect import bisect_left
from collections import defaultdict

from prometheus_client import Counter, Histogram

SECONDS_BETWEEN_REPORTS = 1.0

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Of statuses, from 1xx to 5xx.
CLASSES = 6
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
# A request that was refused before its route was looked for, or that found none; and a method that nothing takes.
NO_ROUTE = "none"
OTHER_METHOD = "other"


class ManyAtOnce(Histogram):
    """A histogram to which many observations are added at once; the library has no way to do so."""

    def add(self, counts: list[int], total: float) -> None:
        """Add so many to each bucket, and what they come to in all."""
        for bucket, count in zip(self._buckets, counts, strict=True):
            if count:
                bucket.inc(count)
        self._sum.inc(total)


REQUESTS = Counter(
    "listingapi_http_requests",
    "Requests that were answered, by method, route template and class of the status.",
    ["method", "route", "status"],
)
DURATIONS = ManyAtOnce(
    "listingapi_http_request_duration_seconds",
    "How long requests took until all of the answer was handed over, by method and route template.",
    ["method", "route"],
    buckets=BOUNDS,
)
REFUSED = Counter(
    "listingapi_http_connections_refused",
    "Connections on which a request was refused before it was whole: too long, too slow, no HTTP.",
    ["status"],
)


class _Route:
    """How many had a status of each class, how many took how long, and all of them together."""

    __slots__ = ("by_class", "by_duration", "seconds")

    def __init__(self) -> None:
        self.by_class = [0] * CLASSES
        self.by_duration = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0


class RequestMetrics:
    """What came together since the last report."""

    def __init__(self) -> None:
        self._routes: defaultdict[tuple[str, str], _Route] = defaultdict(_Route)

    def note(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count a request; of methods and routes there must only be so many."""
        noted = self._routes[method, route or NO_ROUTE]
        noted.by_class[status // 100] += 1
        noted.by_duration[bisect_left(BOUNDS, seconds)] += 1
        noted.seconds += seconds

    def report(self) -> None:
        """Bring what came together to the metrics of the process."""
        routes, self._routes = self._routes, defaultdict(_Route)
        for (method, route), noted in routes.items():
            DURATIONS.labels(method, route).add(noted.by_duration, noted.seconds)
            for status, count in enumerate(noted.by_class):
                if count:
                    REQUESTS.labels(method, route, f"{status}xx").inc(count)


SEEN = RequestMetrics()


def known_method(method: str) -> str:
    """A method as it is counted: clients may send any word."""
    return method if method in METHODS else OTHER_METHOD
