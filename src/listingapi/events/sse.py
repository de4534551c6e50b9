"""Server-sent events, as the HTML standard has them."""

from collections.abc import AsyncIterator

from listingapi.answers import to_json
from listingapi.events.cloud_events import StoredEvent, cloud_event
from listingapi.events.service import FeedPage

EVENT_STREAM = "text/event-stream"
# How many milliseconds a browser waits before it comes again.
RETRY = b"retry: 1000\n\n"


async def written(pages: AsyncIterator[FeedPage], viewer: int) -> AsyncIterator[bytes]:
    """The stream: each event, and after each page the position to go on from, which also says that the server is there.

    A block of an `id:` alone is no event to a browser, but it comes again with that in `Last-Event-ID`.
    """
    yield RETRY
    async for page in pages:
        yield b"".join([*(_event(event, viewer) for event in page.events), b":\nid: %d\n\n" % page.upto])


def _event(event: StoredEvent, viewer: int) -> bytes:
    """One event; JSON has no line break in it."""
    data = to_json(cloud_event(event, viewer))
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (event.position, event.type.encode(), data)
