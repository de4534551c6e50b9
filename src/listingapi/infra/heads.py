"""The heads of requests as they come: what their methods are called, and what is too long in one."""

import re

from listingapi.errors import RequestError, WrongCredentials
from listingapi.infra.errors import AddressTooLong, HeadTooLarge
from listingapi.infra.http import REFUSED_METHOD

LONGEST_HEAD = 32 * 1024
MOST_HEADERS = 100

METHODS = (b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS")
FIRST_WORD = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+(?= )")


def with_known_method(data: bytes) -> bytes:
    """A request whose method the parser knows; others become one that every address refuses."""
    word = FIRST_WORD.match(data)
    return REFUSED_METHOD.encode() + data[word.end() :] if word and word[0] not in METHODS else data


def too_long(head: bytes) -> RequestError:
    """What to answer to a head of which this much came; credentials that fill it are wrong ones."""
    request_line, *headers = head.lstrip(b"\r\n").split(b"\n")
    longest = max(headers, key=len, default=b"")
    if len(request_line) > len(longest):
        return AddressTooLong(LONGEST_HEAD)
    if longest.partition(b":")[0].lower() == b"authorization":
        return WrongCredentials()
    return HeadTooLarge(LONGEST_HEAD, "bytes")


def too_many() -> RequestError:
    """What to answer where there are too many headers."""
    return HeadTooLarge(MOST_HEADERS, "headers")
