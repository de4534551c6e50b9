"""How many requests callers may send: accounts by what they are allowed, callers without credentials by address."""

from collections.abc import Mapping
from typing import NamedTuple

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from listingapi.access.addresses import address_of
from listingapi.access.callers import Caller, caller_in
from listingapi.errors import TooManyRequests
from listingapi.infra.http import REFUSED_METHOD
from listingapi.infra.limits import Limits, Verdict
from listingapi.rendering import error_answer

READS = "reads"
WRITES = "writes"
READING = frozenset({HttpMethod.GET, HttpMethod.HEAD})

# Questions about an address, and methods that nothing takes: they reach no data.
UNCOUNTED = frozenset({HttpMethod.OPTIONS, REFUSED_METHOD})


class Rates:
    """Lets in as many reads and writes as the caller may send, and says with each answer how many are left."""

    def __init__(self, app: ASGIApp, limits: Limits, rates: Mapping[str, int]) -> None:
        self._app = app
        self._limits = limits
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] in UNCOUNTED:
            await self._app(scope, receive, send)
            return
        kind = READS if scope["method"] in READING else WRITES
        caller = caller_in(scope)
        per_minute = _per_minute(self._rates, caller, kind)
        if not per_minute:
            await self._app(scope, receive, send)
            return
        verdict = await self._limits.take(_bucket(caller, address_of(scope), kind), per_minute)
        if verdict.is_allowed:
            await self._app(scope, receive, _adding(headers_of(kind, verdict, verdict.seconds_until_full), send))
        else:
            await error_answer(too_many(kind, verdict, verdict.seconds_until_next), scope).send(send)


class Allowance(NamedTuple):
    """Where somebody's requests are counted, and how many of them they may send; 0 is any number."""

    bucket: str
    per_minute: int


class EarlyReads:
    """The reads that are answered before there is a request."""

    def __init__(self, limits: Limits, rates: Mapping[str, int]) -> None:
        self._limits = limits
        self._rates = rates

    def allowance(self, caller: Caller, address: str) -> Allowance:
        """What a caller may send, by the address if there are no credentials."""
        per_minute = _per_minute(self._rates, caller, READS)
        return Allowance(_bucket(caller, address, READS) if per_minute else "", per_minute)

    def has_one(self, allowance: Allowance) -> bool:
        """Whether one would be let in, as far as is known."""
        return not allowance.per_minute or self._limits.has_at_once(*allowance)

    def take(self, allowance: Allowance) -> bytes | None:
        """Let one in, if it is known that it may be sent: gives what its answer says of that, in lines."""
        if not allowance.per_minute:
            return b""
        verdict = self._limits.take_at_once(*allowance)
        if verdict is None:
            return None
        headers = headers_of(READS, verdict, verdict.seconds_until_full)
        return "".join([f"{name.lower()}: {value}\r\n" for name, value in headers.items()]).encode()


def address_bucket(address: str, kind: str) -> str:
    """Where requests of callers without credentials are counted."""
    return f"address:{address}:{kind}"


def too_many(what: str, verdict: Verdict, seconds: int) -> TooManyRequests:
    """The refusal of what is beyond an allowance; `seconds` are those to wait."""
    return TooManyRequests(what.replace("-", " "), seconds, headers_of(what, verdict, seconds))


def headers_of(what: str, verdict: Verdict, seconds: int) -> dict[str, str]:
    """What is allowed, and what is left of it for so many seconds (draft-ietf-httpapi-ratelimit-headers-11)."""
    return {
        "RateLimit-Policy": f'"{what}";q={verdict.per_minute};w=60',
        "RateLimit": f'"{what}";r={verdict.remaining};t={seconds}',
    }


def _per_minute(rates: Mapping[str, int], caller: Caller, kind: str) -> int:
    if caller.is_anonymous:
        return rates[f"address_{kind}_per_minute"]
    own = caller.reads_per_minute if kind == READS else caller.writes_per_minute
    return rates[f"account_{kind}_per_minute"] if own is None else own


def _bucket(caller: Caller, address: str, kind: str) -> str:
    return address_bucket(address, kind) if caller.is_anonymous else f"account:{caller.account_id}:{kind}"


def _adding(headers: Mapping[str, str], send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            added = ((name.lower().encode(), value.encode()) for name, value in headers.items())
            message["headers"] = [*message["headers"], *added]
        await send(message)

    return send_with_headers
