"""Reads the heads of the requests that come most, without a parser; pure.

It knows a few headers only, each at most once, and says nothing of a request that has others, a body or anything that
could be read in two ways: that one is for the parser.

Clients send the same headers with each of their requests, so what a head comes to can be remembered. What a proxy calls
each request is taken out of it before, and so is the secret that a client sends.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

END = b"\r\n\r\n"
LONGEST = 4_096
HEADERS = re.compile(rb"\r\n(?:[A-Za-z0-9-]+:[\t -~]*\r\n)+\r\n")
# As proxies write it, and as the value is taken; whatever else is there in its place is not plain.
REQUEST_ID = re.compile(rb"(?<=[\t -~])\r\n[Xx]-[Rr]equest-[Ii][Dd]: ([0-9A-Za-z][0-9A-Za-z._:-]{0,63})(?=\r\n)")
# One bearer token; whatever else stands there, or stands there twice, is not plain.
TOKEN = re.compile(rb"\r\n[Aa]uthorization: [Bb]earer ([!-~]+)(?=\r\n)")
# A part of the name of each, and what is before that part.
PART_OF_ID, BEFORE_PART_OF_ID = b"equest-", len(b"\r\nX-R")
PART_OF_TOKEN, BEFORE_PART_OF_TOKEN = b"uthorization:", len(b"\r\nA")

# What has no part in an answer that anybody may have.
NO_MATTER = frozenset(
    (
        b"accept-encoding", b"accept-language", b"dnt", b"priority", b"referer", b"sec-ch-ua", b"sec-ch-ua-mobile",
        b"sec-ch-ua-platform", b"sec-fetch-dest", b"sec-fetch-mode", b"sec-fetch-site", b"sec-fetch-user", b"sec-gpc",
        b"user-agent", b"via", b"x-forwarded-host", b"x-real-ip",
    )
)  # fmt: skip
MATTERS = frozenset(
    (
        b"accept", b"cache-control", b"host", b"if-none-match", b"origin", b"x-forwarded-for", b"x-forwarded-proto",
    )
)  # fmt: skip
KEEP_ALIVE = b"keep-alive"

Headers = Mapping[bytes, bytes]


class PlainHead(NamedTuple):
    """What follows the first line of a request, as it came, without what it is called and without its bearer token.

    Both may be nothing.
    """

    lines: bytes
    request_id: bytes
    token: bytes


def plain_head(data: bytes, begin: int) -> PlainHead | None:
    """The rest of what came, of which the first line of a request ends there; None if it is more than is looked at."""
    if len(data) > LONGEST:
        return None
    lines, request_id, token = data[begin:], b"", b""
    place = lines.find(PART_OF_ID)
    if place >= BEFORE_PART_OF_ID and (named := REQUEST_ID.match(lines, place - BEFORE_PART_OF_ID)):
        lines, request_id = lines[: named.start()] + lines[named.end() :], named[1]
    place = lines.find(PART_OF_TOKEN)
    if place >= BEFORE_PART_OF_TOKEN and (sent := TOKEN.match(lines, place - BEFORE_PART_OF_TOKEN)):
        lines, token = lines[: sent.start()] + lines[sent.end() :], sent[1]
    return PlainHead(lines, request_id, token)


def plain_headers(lines: bytes) -> Headers | None:
    """The headers that matter, by their names in lower case; None if this is not one whole head that is plain."""
    if not HEADERS.fullmatch(lines):
        return None
    headers: dict[bytes, bytes] = {}
    for header in lines[2 : -len(END)].split(b"\r\n"):
        name, _, value = header.partition(b":")
        name = name.lower()
        if name in MATTERS and name not in headers:
            headers[name] = value.strip()
        elif name not in NO_MATTER and not (name == b"connection" and value.strip().lower() == KEEP_ALIVE):
            return None
    return headers
