"""Traces, as far as everybody knows them: whose part a piece of work is, and where its span goes, if anywhere.

The libraries of OpenTelemetry are loaded by `otlp.py`, and only where spans are sent anywhere. A trace that is not
sampled costs a few comparisons: whoever began it has decided that for all who take part (W3C Trace Context). That it
is sampled they can only ask for: a request may come from anybody.
"""

import os
import random
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Literal, Protocol

Kind = Literal["server", "producer", "consumer"]
Attributes = Mapping[str, str | int]

# Version 00: whoever goes on with a trace may know no other.
TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
SAMPLED = 0x01
TRACE_ID = slice(3, 35)

# By these, operators say to any service where traces go; the exporter reads them itself.
STANDARD_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
SWITCH = "OTEL_SDK_DISABLED"


class Span(Protocol):
    """A piece of work in a trace that is sampled."""

    @property
    def traceparent(self) -> str:
        """What is handed on to those whose work is a part of this."""

    def end(self, *, name: str | None = None, attributes: Attributes | None = None, error: str | None = None) -> None:
        """Say that it is over, what is known of it by now, and of which kind the error was that ended it."""


class Tracer(Protocol):
    """Begins spans."""

    def start(self, name: str, kind: Kind, parent: str | None, attributes: Attributes) -> Span:
        """Begin one, now."""


class Tracing:
    """What begins spans, and which share of the requests is sampled, from 0 to 1."""

    def __init__(self, tracer: Tracer, ratio: float) -> None:
        self.tracer = tracer
        self._ratio = ratio

    def request(self, parent: str | None) -> tuple[str, Span | None]:
        """Begin with a request: what is handed on, and its span if it is sampled."""
        if (parent is None or is_sampled(parent)) and self.draw():
            span = self.begin(parent)
            return span.traceparent, span
        return _not_sampled(parent) if parent else _of_nobody(), None

    def draw(self) -> bool:
        """Whether a request is to be sampled, if nobody has decided that it is not."""
        return random.random() < self._ratio  # noqa: S311 - chance, no secret

    def begin(self, parent: str | None = None) -> Span:
        """Begin with a request that is sampled."""
        return self.tracer.start("request", "server", parent, {})


_installed: Tracing | None = None


def installed() -> Tracing | None:
    """What this process traces with, if it does."""
    return _installed


@contextmanager
def tracing_with(tracing: Tracing) -> Iterator[None]:
    """Have this process trace until the end of the block."""
    global _installed  # noqa: PLW0603 - as logs and metrics, the traces of a process go to one place
    before, _installed = _installed, tracing
    try:
        yield
    finally:
        _installed = before


@asynccontextmanager
async def exporting(service: str, endpoint: str | None, ratio: float) -> AsyncIterator[None]:
    """Send the spans of this process to a collector until the end of the block, if an endpoint is configured."""
    if not (endpoint or any(os.environ.get(name) for name in STANDARD_ENDPOINTS)):
        yield
        return
    if os.environ.get(SWITCH, "").strip().lower() == "true":
        yield
        return
    from listingapi.infra.otlp import exporter  # noqa: PLC0415 - loaded only where spans are sent

    with exporter(service, endpoint) as tracer, tracing_with(Tracing(tracer, ratio)):
        yield


@contextmanager
def span(name: str, kind: Kind, parent: str | None, attributes: Attributes) -> Iterator[str | None]:
    """Do some work as a part of a trace, if that is sampled; gives what to hand on: the parent if it is not."""
    tracing = _installed
    if tracing is None or parent is None or not is_sampled(parent):
        yield parent
        return
    begun = tracing.tracer.start(name, kind, parent, attributes)
    error: str | None = None
    try:
        yield begun.traceparent
    except BaseException as raised:
        error = type(raised).__name__
        raise
    finally:
        begun.end(error=error)


def is_sampled(traceparent: str) -> bool:
    """Whether the work of a trace is recorded."""
    return bool(int(traceparent[-2:], 16) & SAMPLED)


def trace_id_of(traceparent: str) -> str:
    """The trace that is meant."""
    return traceparent[TRACE_ID]


def _not_sampled(traceparent: str) -> str:
    return f"{traceparent[:-2]}{int(traceparent[-2:], 16) & ~SAMPLED:02x}"


def _of_nobody() -> str:
    """A trace that nobody records, so that what is done for a request has something in common."""
    return f"00-{random.getrandbits(128) or 1:032x}-{random.getrandbits(64) or 1:016x}-00"
