"""What can be seen of consumers from outside."""

from prometheus_client import Counter

CONSUMED = Counter("listingapi_events_consumed", "Events that took effect, by consumer.", ["consumer"])
FAILED = Counter("listingapi_events_failed", "Times that a consumer could not act on an event.", ["consumer"])
DEAD = Counter("listingapi_events_dead", "Events that failed for the last time, by consumer.", ["consumer"])
