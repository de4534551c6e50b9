"""Where the relay brings events."""

from typing import Protocol

from listingapi.events.cloud_events import CloudEvent


class Broker(Protocol):
    """Takes events from the relay, and keeps them safe from then on."""

    async def publish(self, event: CloudEvent) -> None:
        """Return when the event is safe with all who are to have it; whatever is raised, it has to be published again.

        Those who have it already then get it twice.
        """
