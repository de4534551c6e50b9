"""Answers whole pages before the framework: those who ask for the same at the same time share one read of it.

That something is not there is an answer like any other: it is asked for as often, and costs as much. Who may have
written reads what is there now: a read that began after they asked. Who can't have, and sent no credentials, may get
what was read a moment ago.
"""

from functools import partial
from http import HTTPStatus
from time import monotonic

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPRequestEvent, HTTPScope, Message, Receive, Scope, Send

from listingapi.access.callers import caller_in
from listingapi.access.scopes import Scope as Permission
from listingapi.hot.answers import AUTHORIZATION, SHARED, of_its_second
from listingapi.hot.asked_pages import PageAsked, PageKey, page_asked
from listingapi.hot.flights import Flights, Now
from listingapi.hot.kept_pages import Headers, KeptPages, Page
from listingapi.hot.layer import may_be_recent
from listingapi.hot.line import OLDEST_SECONDS
from listingapi.hot.metrics import OPEN, FoundPages
from listingapi.infra.observation import observation_in

# By caches on the way, too.
MAY_BE_SHARED = frozenset((HTTPStatus.OK, HTTPStatus.NOT_MODIFIED))
MAY_BE_KEPT = frozenset((HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.GONE))


class PageLayer:
    """Stands where it is known who calls, directly before what answers."""

    def __init__(self, app: ASGIApp, most_bytes: int, now: Now = monotonic) -> None:
        self._app = app
        self._now = now
        self._kept = KeptPages(most_bytes)
        self._flights: Flights[PageKey, Page] = Flights(now)
        self.found = FoundPages()
        OPEN.add(self)

    @property
    def room(self) -> tuple[int, int]:
        """How many pages are kept, and how many bytes they take."""
        return len(self._kept), self._kept.bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = page_asked(scope) if scope["type"] == ScopeType.HTTP else None
        if scope["type"] != ScopeType.HTTP or asked is None:
            await self._app(scope, receive, send)
            return
        caller = caller_in(scope)
        is_anybody = may_be_recent(caller)
        if Permission.LISTINGS_READ not in caller.scopes or not (is_anybody or asked.route.is_for_all):
            await self._app(scope, receive, send)
            return
        observation_in(scope).route = asked.route.template
        page = await self._page(asked, scope, may_be_kept=is_anybody and not asked.is_now)
        is_shared = is_anybody and page.status in MAY_BE_SHARED
        await _send(page, _shared(page, self._now()) if is_shared else page.headers, send)

    async def _page(self, asked: PageAsked, scope: HTTPScope, *, may_be_kept: bool) -> Page:
        make = partial(self._make, asked.key, scope)
        now = self._now()
        if may_be_kept and (page := self._kept.get(asked.key, now)):
            self.found.kept += 1
            return page
        self.found.missed += 1
        if may_be_kept:
            return await self._flights.after(now - OLDEST_SECONDS, asked.key, make)
        return await self._flights.next(asked.key, make)

    async def _make(self, key: PageKey, scope: HTTPScope, began: float) -> Page:
        """Have an answer made, for whoever waits for it; the request that it is made for may be gone meanwhile."""
        collected = _Collected()
        await self._app({**scope}, _nothing_more, collected)
        page = Page(collected.status, collected.headers, b"".join(collected.body), began)
        if page.status in MAY_BE_KEPT:
            self._kept.put(key, page, self._now())
        return page


class _Collected:
    """What would be sent."""

    status = 0
    headers: Headers = ()

    def __init__(self) -> None:
        self.body: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], tuple(message["headers"])
        elif message["type"] == "http.response.body":
            self.body.append(message["body"])


async def _nothing_more() -> HTTPRequestEvent:
    return {"type": "http.request", "body": b"", "more_body": False}


def _shared(page: Page, now: float) -> Headers:
    """The headers of an answer that a cache for all may keep."""
    return (*page.headers, AUTHORIZATION, SHARED, of_its_second(now - page.began))


async def _send(page: Page, headers: Headers, send: Send) -> None:
    await send({"type": "http.response.start", "status": page.status, "headers": headers})
    await send({"type": "http.response.body", "body": page.body, "more_body": False})
