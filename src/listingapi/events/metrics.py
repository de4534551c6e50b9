"""What can be seen of the relay from outside."""

import math
from typing import Literal

from prometheus_client import Counter, Gauge

from listingapi.events import relay_repository
from listingapi.infra.database import Database

SECONDS_BETWEEN_LOOKS = 5.0

# Each process sees the same; of several that are counted together, the last look is what counts.
MODE: Literal["livemostrecent"] = "livemostrecent"
BACKLOG = Gauge(
    "listingapi_events_backlog",
    "Events that are not published yet, those in the outbox included.",
    multiprocess_mode=MODE,
)
LAG = Gauge(
    "listingapi_events_lag_seconds",
    "Since when the oldest event of the feed waits to be published; else 0.",
    multiprocess_mode=MODE,
)
PUBLISHED = Counter("listingapi_events_published_total", "Events that were published, again ones included.")
FAILURES = Counter("listingapi_events_publish_failures_total", "Times that an event could not be published.")


async def measure(database: Database) -> None:
    """See what is still to be published; what can't be seen is no number, rather than what it was before."""
    lag, backlog = math.nan, math.nan
    try:
        lag = await relay_repository.lag(database)
        backlog = await relay_repository.backlog(database)
    finally:
        LAG.set(lag)
        BACKLOG.set(backlog)
