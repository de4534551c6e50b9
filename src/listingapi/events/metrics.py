"""What can be seen of the relay from outside."""

from prometheus_client import Counter, Gauge

from listingapi.events import relay_repository
from listingapi.infra.database import Database

SECONDS_BETWEEN_LOOKS = 5.0

BACKLOG = Gauge("listingapi_events_backlog", "Events that are not published yet, those in the outbox included.")
LAG = Gauge("listingapi_events_lag_seconds", "Since when the oldest event of the feed waits to be published; else 0.")
PUBLISHED = Counter("listingapi_events_published_total", "Events that were published, again ones included.")
FAILURES = Counter("listingapi_events_publish_failures_total", "Times that an event could not be published.")


async def measure(database: Database) -> None:
    """See what is still to be published."""
    backlog = await relay_repository.backlog(database)
    BACKLOG.set(backlog.number)
    LAG.set(backlog.seconds)
