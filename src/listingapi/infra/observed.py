"""Watches requests from outside of everything that answers them."""

import random
from collections.abc import Callable, Sequence
from http import HTTPStatus
from time import monotonic, perf_counter
from typing import NamedTuple

import structlog
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from listingapi.infra.complaints import Tally
from listingapi.infra.headers import AnswerHeaders, Headers
from listingapi.infra.late import Late
from listingapi.infra.observation import CURRENT, Observation, any_id, observation_in, put_observation
from listingapi.infra.proxies import Address
from listingapi.infra.request_metrics import SEEN, known_method
from listingapi.infra.tracing import Span, installed

SLOW_SECONDS = 1.0
SERVER_ERROR = 500
REQUEST_ID = b"x-request-id"

logger = structlog.get_logger()


# What came, from whom, and the headers that the server adds to each answer; gives the answer, if it is one to give.
Shortcut = Callable[[bytes, Address | None, Sequence[tuple[bytes, bytes]]], bytes | Late | None]
# The same, but not from whom.
Shedding = Callable[[bytes, Sequence[tuple[bytes, bytes]]], bytes | None]


class Early(NamedTuple):
    """A request that is answered before there is one: what it is called, when it began, and its span if it has one."""

    called: bytes
    began: float
    span: Span | None


class Observed:
    """Gives each request an id, which its answer tells; counts it, has its span end, and logs some.

    Requests that failed or were slow are always logged, but those that were refused (503) once a second for each route,
    of the others a share from 0 to 1. `shortcut` answers some before they come here, and `shedding` refuses some.
    """

    def __init__(self, app: AnswerHeaders, logged_share: float, now: Callable[[], float] = monotonic) -> None:
        self._app = app
        self._logged_share = logged_share
        self._refused = Tally(now)
        self.shortcut: Shortcut | None = None
        self.shedding: Shedding | None = None

    @property
    def of_refusals(self) -> Headers:
        """The headers of what the server refuses before there is a request for the application."""
        return self._app.of_refusals

    def of_shared(self, *, is_https: bool) -> Headers:
        """The headers of an answer that anybody may have, beside its own."""
        return self._app.of_shared(is_https=is_https)

    def of_own(self, *, is_https: bool) -> Headers:
        """The headers of an answer to who sent credentials, beside its own."""
        return self._app.of_own(is_https=is_https)

    def begin(self, called: bytes) -> Early:
        """Begin to observe a request without a trace that is answered before it comes here, called so or nothing."""
        tracing = installed()
        span = tracing.begin() if tracing is not None and tracing.draw() else None
        return Early(called, perf_counter(), span)

    def end(self, early: Early, route: str, status: int, account_id: int | None = None) -> bytes:
        """Take note that it was answered; it was a GET.

        Returns the id to tell: what it is called, if that is anything. Most requests are counted, and no more.
        """
        called, began, span = early
        is_drawn, seconds = self._draw(), perf_counter() - began
        if span is None and not is_drawn and seconds < SLOW_SECONDS and status < SERVER_ERROR:
            SEEN.note(HttpMethod.GET, route, status, seconds)
            return called or any_id()
        seen = Observation.begun(called, span)
        seen.route, seen.account_id = route, account_id
        self._end(seen, HttpMethod.GET, status, seconds, is_drawn=is_drawn)
        return seen.request_id.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        seen = Observation.of(scope["headers"])
        seen.scheme = scope["scheme"]
        put_observation(scope, seen)
        CURRENT.set(seen)
        named = (REQUEST_ID, seen.request_id.encode())

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                message["headers"] = [*message["headers"], named]
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except BaseException:
            seen.status = None  # whatever was begun is not whole
            raise
        finally:
            status, seconds = seen.status or SERVER_ERROR, perf_counter() - began
            self._end(seen, known_method(scope["method"]), status, seconds, is_drawn=self._draw())

    def _draw(self) -> bool:
        return random.random() < self._logged_share  # noqa: S311 - chance, no secret

    def _end(self, seen: Observation, method: str, status: int, seconds: float, *, is_drawn: bool) -> None:
        SEEN.note(method, seen.route, status, seconds)
        if seen.span:
            _end_span(seen.span, seen, method, status)
        if times := self._to_be_said(seen, status, seconds):
            _log(logger.warning, seen, method, status, seconds, times)
        elif is_drawn:
            _log(logger.info, seen, method, status, seconds)

    def _to_be_said(self, seen: Observation, status: int, seconds: float) -> int:
        """For how many requests this one is to be said, whatever share is."""
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            return 0 if seen.is_shed else self._refused.count(seen.route)
        return int(status >= SERVER_ERROR or (seconds >= SLOW_SECONDS and not seen.waits))


class RouteNoted:
    """Notes which route a request took, where the framework has found it: further out the scope may be another one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            if scope["type"] == ScopeType.HTTP and "path_template" in scope:
                observation_in(scope).route = scope["path_template"]


def _log(  # noqa: PLR0913, PLR0917 - what there is to say
    say: Callable[..., object], seen: Observation, method: str, status: int, seconds: float, times: int = 1
) -> None:
    """Say how a request went, for so many like it; who it is and whose, each line within a request says."""
    milliseconds = round(seconds * 1000, 1)
    more = {"times": times} if times > 1 else {}
    within = CURRENT.set(seen)
    try:
        say("request_answered", method=method, route=seen.route, status=int(status), milliseconds=milliseconds, **more)
    finally:
        CURRENT.reset(within)


def _end_span(span: Span, seen: Observation, method: str, status: int) -> None:
    """By the semantic conventions for HTTP, but without the address: what is in it may be nobody else's business."""
    attributes: dict[str, str | int] = {
        "http.request.method": method,
        "http.response.status_code": int(status),
        "url.scheme": seen.scheme,
        "listingapi.request_id": seen.request_id,
    }
    if seen.route is not None:
        attributes["http.route"] = seen.route
    if seen.account_id is not None:
        attributes["listingapi.account_id"] = seen.account_id
    span.end(
        name=f"{method} {seen.route}" if seen.route else method,
        attributes=attributes,
        error=str(int(status)) if status >= SERVER_ERROR else None,
    )
