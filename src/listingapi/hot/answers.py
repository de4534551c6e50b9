"""What is answered of a listing, or of its history: the status, the headers and the body."""

from collections.abc import Sequence
from http import HTTPStatus
from time import time
from typing import NamedTuple

from listingapi.hot.asked import Asked
from listingapi.hot.memory import Kind
from listingapi.infra.headers import with_one_vary
from listingapi.ready import Ready

Headers = Sequence[tuple[bytes, bytes]]

ETAG = b'"%d"'
JSON = (b"content-type", b"application/json")
# Who has credentials may read what is newer than what a cache for all keeps.
AUTHORIZATION = (b"vary", b"Authorization")
VARY = {"listing": (AUTHORIZATION,), "history": ((b"vary", b"Accept, Authorization"),)}
# A cache for all may keep it for a second, and use it for some time where it can't ask, or is about to.
SHARED = (b"cache-control", b"public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=60")
# Something is told as of long ago that is told as of a minute ago: it is not to be kept.
LONG_AGO = 60.0


def of_its_second(age: float) -> tuple[bytes, bytes]:
    """Has nginx, which counts whole seconds, use an answer within the second of the clock alone that it is of.

    What is answered was true `age` seconds ago. So it is told for less than a second after that, wherever it is kept on
    the way, and not at all if that second is over. `Cache-Control` can't say so, and caches that know this header do
    not heed it beside this.
    """
    return b"x-accel-expires", b"@%d" % (time() - min(age, LONG_AGO))


class HotAnswer(NamedTuple):
    """An answer without what all answers have."""

    status: HTTPStatus
    headers: Headers
    body: bytes


def answer(asked: Asked, ready: Ready, *, is_shared: bool, age: float | None = None) -> HotAnswer:
    """What is answered; `is_shared`: anybody would be answered the same. It is at most so many seconds old, if told."""
    etag = ETAG % ready.version
    shared = (SHARED, *(() if age is None else (of_its_second(age),))) if is_shared else ()
    own = ((b"etag", etag), *VARY[asked.what], *shared)
    if asked.is_known(etag):
        return HotAnswer(HTTPStatus.NOT_MODIFIED, own, b"")
    return HotAnswer(HTTPStatus.OK, (*own, JSON, (b"content-length", b"%d" % len(ready.body))), ready.body)


def wire_pattern(what: Kind, status: HTTPStatus, common: Headers, *, is_shared: bool) -> bytes:
    """An answer as it goes over the wire, all but what is its own; `is_shared`: anybody would be answered the same.

    To be filled in are its version, other lines, its id, and if it has a body, the length of that and the body.
    """
    line = b"HTTP/1.1 %d %b\r\n" % (status, status.phrase.encode())
    has_body = status is HTTPStatus.OK
    own_of_all = (*VARY[what], *((SHARED,) if is_shared else ()), *((JSON,) if has_body else ()))
    same = lines_of(with_one_vary((*common, *own_of_all)))
    own = b"etag: " + ETAG + b"\r\n%bx-request-id: %b\r\n"
    return (line + same).replace(b"%", b"%%") + own + (b"content-length: %d\r\n\r\n%b" if has_body else b"\r\n")


def lines_of(headers: Headers) -> bytes:
    """Headers as they go over the wire."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])
