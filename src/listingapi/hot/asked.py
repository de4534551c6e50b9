"""Which requests are for what is read most: a listing, or its plain history, as JSON and whole. Pure."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from litestar.types import HTTPScope

from listingapi.accept import prefers
from listingapi.hot.memory import Key, Kind
from listingapi.pagination import LARGEST_BIGINT
from listingapi.prices.asked import CSV, JSON

PATH = re.compile(r"/listings/([0-9]{1,19})(/prices)?")
FIRST_LINE = re.compile(rb"GET /listings/([0-9]{1,19})(/prices)? HTTP/1\.1")
GET = "GET"
# What was said before there was `Cache-Control`, and is heeded where that is not said.
THAT_ASK_FOR_NOW = (b"cache-control", b"pragma")
THAT_MATTER = (b"accept", b"if-none-match", *THAT_ASK_FOR_NOW)
# What headers come to is remembered, for so many, none of them longer than that: clients may send any.
MOST_REMEMBERED = 1_000
LONGEST_REMEMBERED = 500


class Asked(NamedTuple):
    """What of which listing is asked for; `known` are the ETags that the client has already (None: any).

    `is_now` says that the client wants what is there now, and nothing that was kept.
    """

    what: Kind
    listing_id: int
    known: frozenset[bytes] | None = frozenset()
    is_now: bool = False

    @property
    def key(self) -> Key:
        """Under which it is kept."""
        return self.what, self.listing_id

    def is_known(self, etag: bytes) -> bool:
        """Whether the client has this version already; a weak ETag will do."""
        return knows(self.known, etag)


def asked_in(scope: HTTPScope) -> Asked | None:
    """What a request asks for, if it is one of the usual ones; the others are nobody's business here."""
    if scope["method"] != GET or scope["query_string"]:
        return None
    found = PATH.fullmatch(scope["path"])
    if found is None or (listing_id := int(found[1])) > LARGEST_BIGINT:
        return None
    given = given_in(scope, THAT_MATTER)
    if found[2] and wants_csv(given[b"accept"]):
        return None
    what: Kind = "history" if found[2] else "listing"
    return Asked(what, listing_id, etags_in(given[b"if-none-match"]), is_now_wanted(given))


def given_in(scope: HTTPScope, names: Iterable[bytes]) -> dict[bytes, bytes]:
    """The headers of these names, all lines of each together; nothing where there is none."""
    given = dict.fromkeys(names, b"")
    for name, value in scope["headers"]:
        if name in given:
            given[name] = b"%b,%b" % (given[name], value) if given[name] else value
    return given


def is_now_wanted(given: Mapping[bytes, bytes]) -> bool:
    """Whether a client wants what is there now, by its headers."""
    cache_control, pragma = (given[name] for name in THAT_ASK_FOR_NOW)
    return wants_now(cache_control or pragma)


def wants_now(cache_control: bytes) -> bool:
    """Whether a client wants what is there now, and nothing that was kept."""
    is_short = len(cache_control) <= LONGEST_REMEMBERED
    return (_wants_now if is_short else _wants_now.__wrapped__)(cache_control)


@lru_cache(MOST_REMEMBERED)
def _wants_now(cache_control: bytes) -> bool:
    directives = {directive.strip() for directive in cache_control.lower().split(b",")}
    return not directives.isdisjoint((b"no-cache", b"no-store", b"max-age=0"))


def wants_csv(accept: bytes) -> bool:
    """Whether a history is to be CSV, by the header `Accept`."""
    return (_wants_csv if len(accept) <= LONGEST_REMEMBERED else _wants_csv.__wrapped__)(accept)


@lru_cache(MOST_REMEMBERED)
def _wants_csv(accept: bytes) -> bool:
    return prefers(accept.decode("latin-1"), CSV, over=JSON)


def etags_in(header: bytes) -> frozenset[bytes] | None:
    """The ETags of a header `If-None-Match`, or None for any."""
    if not header:
        return frozenset()
    return None if header.strip() == b"*" else frozenset(tag.strip() for tag in header.split(b","))


def knows(known: frozenset[bytes] | None, etag: bytes) -> bool:
    """Whether an ETag is among those that a client has, where a weak one will do."""
    return known is None or etag in known or b"W/" + etag in known
