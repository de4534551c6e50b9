"""Who sends requests that may be answered at once, by the heads of these; what a head comes to is remembered."""

from functools import lru_cache
from typing import NamedTuple

from listingapi.access.addresses import address_of_client
from listingapi.hot.asked import etags_in, wants_csv, wants_now
from listingapi.infra.hosts import TrustedHosts
from listingapi.infra.plain import Headers, plain_headers
from listingapi.infra.proxies import Address, BehindProxies

MOST_REMEMBERED = 2_000
FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto")


class Visitor(NamedTuple):
    """What a head says: the ETags that the client has (None: any), and what it takes.

    `wants_now`: nothing that was kept. `forwarded` are the headers by which proxies say for whom they ask.
    """

    known: frozenset[bytes] | None
    takes_csv: bool
    wants_now: bool
    forwarded: tuple[tuple[bytes, bytes], ...]


class Origin(NamedTuple):
    """Where a request comes from: what the address counts as, and whether the client came by https."""

    address: str
    is_https: bool


class Visitors:
    """Tells visitors by the heads of their requests.

    `is_open`: to pages of any origin. Without proxies that are trusted, clients are those that connect.
    """

    def __init__(self, hosts: TrustedHosts, proxies: BehindProxies | None, *, is_open: bool) -> None:
        self._hosts = hosts
        self._proxies = proxies
        self._is_open = is_open
        self.visitor = lru_cache(MOST_REMEMBERED)(self._visitor)
        self._believed = lru_cache(MOST_REMEMBERED)(self._origin)

    def origin(self, peer: Address | None, visitor: Visitor) -> Origin:
        """Where the request of a visitor comes from that a peer sent."""
        return self._believed(peer[0] if peer else None, visitor.forwarded)

    def _visitor(self, lines: bytes) -> Visitor | None:
        headers = plain_headers(lines)
        if headers is None or not self._is_usual(headers):
            return None
        return Visitor(
            etags_in(headers.get(b"if-none-match", b"")),
            wants_csv(headers.get(b"accept", b"")),
            wants_now(headers.get(b"cache-control", b"")),
            tuple((name, headers[name]) for name in FORWARDED if name in headers),
        )

    def _is_usual(self, headers: Headers) -> bool:
        host = headers.get(b"host")
        return host is not None and self._hosts.trusts(host) and (self._is_open or b"origin" not in headers)

    def _origin(self, host: str | None, forwarded: tuple[tuple[bytes, bytes], ...]) -> Origin:
        client, scheme = None if host is None else (host, 0), "http"
        if self._proxies:
            client, scheme = self._proxies.believed(client, scheme, forwarded)
        return Origin(address_of_client(client), scheme == "https")
