"""The operations that read events."""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream

from listingapi.access.callers import Caller, requires
from listingapi.access.scopes import Scope
from listingapi.events import sse
from listingapi.events.cloud_events import CloudEvent, cloud_event
from listingapi.events.feed import Asked, FeedSearch, last_event_id_of
from listingapi.events.prefer import Wish, wish_of
from listingapi.events.service import STREAMED_AT_ONCE, EventService
from listingapi.infra.patience import Patience
from listingapi.parameters import given_parameters
from listingapi.query import reader_of

# Then it has to come again, with credentials that are still good.
LONGEST_STREAM_SECONDS = 600.0

MAY_READ = [requires(Scope.EVENTS_READ)]
SEARCHED = {"search": Provide(reader_of(FeedSearch), sync_to_thread=False)}

Events = NamedDependency[EventService]
PageLimit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many events a page holds at most.")]
LastEventId = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID", description="The `id:` that was read last; it goes before `after`. Browsers send it."
    ),
]


@get(
    "/",
    operation_id="get-events",
    guards=MAY_READ,
    dependencies={**SEARCHED, "wish": Provide(wish_of, sync_to_thread=False)},
)
async def get_events(
    request: Request[Any, Any, Any],
    search: NamedDependency[FeedSearch],
    events: Events,
    caller: NamedDependency[Caller],
    wish: NamedDependency[Wish],
    limit: PageLimit = 100,
) -> Response[list[CloudEvent]]:
    """Answer what happened to listings, in one order for all; its link leads on, also from an empty page."""
    patience = Patience.of(request.scope, wish.wait or 0)
    asked = Asked.by(caller, search)
    page = await events.awaited_page(asked, search.start, limit, patience)
    headers = {"Link": _link(request, page.upto), "Vary": "Accept, Prefer", "Cache-Control": "no-store", **wish.applied}
    return Response(
        [cloud_event(event, asked.viewer) for event in page.events], headers=headers, media_type=wish.media_type
    )


@get("/stream", operation_id="get-event-stream", guards=MAY_READ, dependencies=SEARCHED)
async def get_event_stream(
    request: Request[Any, Any, Any],
    search: NamedDependency[FeedSearch],
    events: Events,
    caller: NamedDependency[Caller],
    last_event_id: LastEventId = None,
) -> Stream:
    """Stream what happens to listings as server-sent events, for ten minutes at a time; browsers then come again."""
    asked = Asked.by(caller, search)
    last = None if last_event_id is None else last_event_id_of(request.headers.getall("Last-Event-ID"))
    page = await events.page(asked, search.start if last is None else last, STREAMED_AT_ONCE)
    patience = Patience.of(request.scope, LONGEST_STREAM_SECONDS)
    return Stream(
        sse.written(events.pages(asked, page, patience), asked.viewer),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        media_type=sse.EVENT_STREAM,
    )


def _link(request: Request[Any, Any, Any], upto: int) -> str:
    kept = [(name, value) for name, value in given_parameters(request) if name != "after"]
    return f'</events?{urlencode([("after", upto), *kept])}>; rel="next"'


router = Router("/events", tags=["events"], route_handlers=[get_events, get_event_stream])
