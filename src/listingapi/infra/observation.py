"""What those who look at the service from outside are to know of a request: its id, trace, route and caller."""

import random
import re
from binascii import b2a_hex
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, Self, cast

from litestar.types import HTTPScope

from listingapi.infra import tracing
from listingapi.infra.tracing import TRACEPARENT, Span, trace_id_of

PLACE = "listingapi.observation"
# What proxies and clients call requests; whatever is longer may be something that is to be kept out of logs.
REQUEST_ID = re.compile(rb"[0-9A-Za-z][0-9A-Za-z._:-]{0,63}")
# In place of a header's value; both are no name and no trace.
NOT_GIVEN, TWICE = b"", b" "


class Observation:
    """A request as it is seen from outside; what handles it notes what it finds out.

    `route` is the template of its address, never the address. `traceparent` is the trace that the request is part of,
    as it is handed on to what is done for it, if there is any. `waits`: it takes long because the caller wants that.
    `is_shed`: it was one too many.
    """

    route: str | None = None
    account_id: int | None = None
    status: int | None = None
    waits = False
    is_shed = False
    scheme = "http"

    def __init__(self, request_id: str, traceparent: str | None = None, span: Span | None = None) -> None:
        self.request_id = request_id
        self.traceparent = traceparent
        self.span = span

    @classmethod
    def of(cls, headers: Iterable[tuple[bytes, bytes]]) -> Self:
        """Begin to observe a request; a name or a trace that can't be read, or that comes twice, is none."""
        called = trace = NOT_GIVEN
        for name, value in headers:
            if name == b"x-request-id":
                called = TWICE if called else value
            elif name == b"traceparent":
                trace = TWICE if trace else value
        return cls.called(called, trace)

    @classmethod
    def called(cls, called: bytes, trace: bytes = NOT_GIVEN) -> Self:
        """The same of a request that is called so, and says that it is part of a trace."""
        traceparent, span = _traced(_parent_in(trace) if trace else None)
        is_named = called and REQUEST_ID.fullmatch(called)
        return cls(called.decode() if is_named else _id_from(traceparent), traceparent, span)

    @classmethod
    def begun(cls, called: bytes, span: Span | None = None) -> Self:
        """The same of one without a trace of its own, for which it was decided whether it gets a span."""
        traceparent = span.traceparent if span else None
        return cls(called.decode() or _id_from(traceparent), traceparent, span)


CURRENT: ContextVar[Observation | None] = ContextVar("listingapi.observation", default=None)


def any_id() -> bytes:
    """A name for a request that has none."""
    return b2a_hex(random.randbytes(16))  # noqa: S311 - a name, no secret


def put_observation(scope: HTTPScope, observation: Observation) -> None:
    """Let a request be observed; copies of its scope hold the same observation."""
    cast("dict[str, Any]", scope)[PLACE] = observation


def observation_in(scope: HTTPScope) -> Observation:
    """The observation of a request; where nobody observes, one that nobody sees."""
    found: Observation | None = cast("dict[str, Any]", scope).get(PLACE)
    return found or Observation("")


def _traced(parent: str | None) -> tuple[str | None, Span | None]:
    installed = tracing.installed()
    return (parent, None) if installed is None else installed.request(parent)


def _parent_in(value: bytes) -> str | None:
    given = value.decode("latin-1")
    return given if TRACEPARENT.fullmatch(given) else None


def _id_from(traceparent: str | None) -> str:
    return trace_id_of(traceparent) if traceparent else any_id().decode()
