"""Refuses what is one too many from the bytes of a request: to refuse must cost far less than to answer."""

import asyncio
import re
from collections.abc import Sequence
from functools import lru_cache
from http import HTTPStatus
from time import perf_counter
from typing import Any

from listingapi.infra.admission import EXEMPT, Admission, Refusals
from listingapi.infra.observation import any_id
from listingapi.infra.observed import Observed
from listingapi.infra.plain import END, HEADERS, LONGEST, plain_head
from listingapi.infra.request_metrics import SEEN

LINE = re.compile(rb"(DELETE|GET|PATCH|POST|PUT) (/[!-~]*) HTTP/1\.1(?=\r\n)")
WITHOUT_BODY = b"GET"
METHODS = {name.encode(): name for name in ("DELETE", "GET", "PATCH", "POST", "PUT")}
LENGTH = re.compile(rb"\ncontent-length:[\t ]*([0-9]{1,7})[\t ]*\r")
A_LENGTH = b"\ncontent-length:"
# Of a client that does not stay, may want to wait or is a page of another origin, or wants errors in another form.
UNUSUAL = (
    b"\nconnection:",
    b"\nexpect:",
    b"\norigin:",
    b"\nprefer:",
    b"\ntransfer-encoding:",
    b"\nupgrade:",
    b"problem+json",
)
NOT_REFUSED = frozenset(path.encode() for path in EXEMPT)
MOST_REMEMBERED = 1_000
SCOPE: Any = {"type": "http", "headers": []}

Headers = Sequence[tuple[bytes, bytes]]


class Shedding:
    """Answers such requests while a process has as much to do as it may.

    What is let through begins in the loop's next turn. It counts until then: all that comes in one turn would take the
    place of one that ended, to be refused the long way.
    """

    def __init__(self, admission: Admission, observed: Observed) -> None:
        self._admission = admission
        self._observed = observed
        self._refusals = Refusals()
        self._first: Headers | None = None
        self._refusal = b""
        self._coming = 0

    def __call__(self, data: bytes, first: Headers) -> bytes | None:
        """The refusal of a request; None if it is to be looked at. `first` are the headers that the server adds."""
        if not self._admission.is_full_with(self._coming):
            self._let_through()
            return None
        began = perf_counter()
        method = _method_of_plain(data)
        if method is None:
            return None
        if first is not self._first:  # the server makes them anew each second
            self._first, self._refusal = first, self._rendered(first)
        SEEN.note(method, None, HTTPStatus.SERVICE_UNAVAILABLE, perf_counter() - began)
        return self._refusal % any_id()

    def _let_through(self) -> None:
        if not self._coming:
            asyncio.get_running_loop().call_soon(self._all_begin)
        self._coming += 1

    def _all_begin(self) -> None:
        self._coming = 0

    def _rendered(self, first: Headers) -> bytes:
        """A refusal as it goes over the wire; its id is to be filled in."""
        refusal = self._refusals.of(SCOPE)
        own = [(name.lower().encode(), value.encode()) for name, value in refusal.headers.items()]
        own += [(b"content-type", refusal.media_type.encode()), (b"content-length", b"%d" % len(refusal.body))]
        lines = b"".join([b"%b: %b\r\n" % header for header in (*first, *self._observed.of_refusals, *own)])
        head, body = (part.replace(b"%", b"%%") for part in (lines, refusal.body))
        return b"HTTP/1.1 503 Service Unavailable\r\n" + head + b"x-request-id: %b\r\n\r\n" + body


def _method_of_plain(data: bytes) -> str | None:
    """The method of what came, if it is one whole request that is refused like all others."""
    line, end = LINE.match(data), data.find(END) + len(END)
    if line is None or end < len(END) or end > LONGEST or line[2].partition(b"?")[0] in NOT_REFUSED:
        return None
    head = plain_head(data[:end], line.end())
    length = _length_of_body(head.lines) if head else None
    if length != len(data) - end or (length and line[1] == WITHOUT_BODY):
        return None
    return METHODS[line[1]]


@lru_cache(MOST_REMEMBERED)
def _length_of_body(lines: bytes) -> int | None:
    """What the headers of a request say of its body: how many bytes it has; None if anything about them is unusual."""
    lowered = lines.lower()
    if not HEADERS.fullmatch(lines) or any(unusual in lowered for unusual in UNUSUAL):
        return None
    lengths = LENGTH.findall(lowered)
    if len(lengths) != lowered.count(A_LENGTH) or len(lengths) > 1:
        return None
    return int(lengths[0]) if lengths else 0
