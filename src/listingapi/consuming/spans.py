"""The spans of consuming, by the semantic conventions for messaging; each is a part of the trace of its event."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from listingapi.consuming.incoming import Incoming
from listingapi.infra import tracing


@contextmanager
def acting(consumer: str, several: Iterable[Incoming]) -> Iterator[None]:
    """Have a consumer act on events within the block; each that is traced has a span, as long as all of them take."""
    with ExitStack() as spans:
        for incoming in several:
            if incoming.trace and tracing.is_sampled(incoming.trace):
                spans.enter_context(_acting_on(consumer, incoming))
        yield


def _acting_on(consumer: str, incoming: Incoming) -> AbstractContextManager[str | None]:
    destination = f"listingapi.{consumer}"
    attributes = {
        "messaging.system": incoming.brought_by,
        "messaging.operation.type": "process",
        "messaging.operation.name": "process",
        "messaging.destination.name": destination,
        "messaging.message.id": incoming.id,
        "messaging.consumer.group.name": consumer,
        "listingapi.event_type": incoming.type,
    }
    return tracing.span(f"process {destination}", "consumer", incoming.trace, attributes)
