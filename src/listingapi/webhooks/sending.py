"""Sends one delivery: to an address that was checked and no other, within bounds of time and size."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from ipaddress import ip_address

import httpcore
import httpx

from listingapi.webhooks.addresses import Address, AddressRefused, AllowedAddresses, Target, literal
from listingapi.webhooks.bounds import BoundedNetwork
from listingapi.webhooks.retrying import Outcome

ATTEMPT_SECONDS = 15.0
RESOLVE_SECONDS = 5.0
CONNECT_SECONDS = 5.0
READ_SECONDS = 5.0
MOST_ADDRESSES = 3
# What the receiver says is not looked at. It is read so far, because some take it ill to be hung up on.
MOST_CHUNKS = 50

COMMON_HEADERS = {
    "Content-Type": "application/cloudevents+json; charset=utf-8",
    "User-Agent": "ListingAPI",
    "Accept-Encoding": "identity",
    "Connection": "close",
}

# What the log tells of an attempt without an answer: nothing of what is inside of a network.
NOT_ALLOWED = "the host has no address, or one that is not public"
NO_CONNECTION = "no connection"
NO_ANSWER_IN_TIME = f"no answer within {ATTEMPT_SECONDS:g} seconds"
NO_HTTP = "the answer was no HTTP"

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]


class Sender:
    """Posts what it is given; every connection is a new one, so that none is used for another host than its own."""

    def __init__(
        self,
        allowed: AllowedAddresses,
        *,
        resolve: Resolve | None = None,
        trusted: ssl.SSLContext | None = None,
        seconds: float = ATTEMPT_SECONDS,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve or addresses_of
        self._trusted = trusted
        self._reading = asyncio.Lock()
        self._seconds = seconds

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Send a body, and say how that ended, whatever the receiver does."""
        try:
            async with AsyncExitStack() as connection:
                async with asyncio.timeout(self._seconds):
                    target = Target.of(url)
                    addresses = await self._checked_addresses(target)
                    response = await self._first_answer(connection, target, addresses, body, headers)
                with suppress(httpcore.NetworkError, httpcore.ProtocolError, TimeoutError):
                    await _read_some(response)
                return Outcome(response.status, retry_after=httpx.Headers(response.headers).get("Retry-After"))
        except TimeoutError:
            return Outcome(problem=NO_ANSWER_IN_TIME)
        except AddressRefused:
            return Outcome(problem=NOT_ALLOWED)
        except httpcore.ProtocolError:
            return Outcome(problem=NO_HTTP)
        except (httpcore.NetworkError, httpcore.TimeoutException, OSError):
            return Outcome(problem=NO_CONNECTION)

    async def _trusting(self) -> ssl.SSLContext:
        """Which certificates are taken; reading the authorities takes long, so it is done once, and beside the rest."""
        async with self._reading:
            if self._trusted is None:
                self._trusted = await asyncio.to_thread(httpx.create_ssl_context)
            return self._trusted

    async def _checked_addresses(self, target: Target) -> Sequence[Address]:
        """The addresses to connect to: what was checked is what is used, whatever the name leads to a moment later."""
        address = literal(target.host)
        addresses = [address] if address else await self._resolve(target.host, target.port)
        self._allowed.check(target.scheme, addresses)
        return addresses[:MOST_ADDRESSES]

    async def _first_answer(
        self,
        connection: AsyncExitStack,
        target: Target,
        addresses: Sequence[Address],
        body: bytes,
        headers: Mapping[str, str],
    ) -> httpcore.Response:
        """What is answered at the first address that takes the connection, which stays open until the stack is left."""
        pool = httpcore.AsyncConnectionPool(ssl_context=await self._trusting(), network_backend=BoundedNetwork())
        await connection.enter_async_context(pool)
        for address in addresses[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await pool.handle_async_request(_request(target, address, body, headers))
        return await pool.handle_async_request(_request(target, addresses[-1], body, headers))


def _request(target: Target, address: Address, body: bytes, headers: Mapping[str, str]) -> httpcore.Request:
    """A request to an address, where the certificate has to be that of the host; nobody follows a redirect here."""
    known = {"Host": target.authority, "Content-Length": str(len(body)), **COMMON_HEADERS, **headers}
    return httpcore.Request(
        "POST",
        httpcore.URL(scheme=target.scheme, host=str(address), port=target.port, target=target.path),
        headers=list(known.items()),
        content=body,
        extensions={"sni_hostname": target.host, "timeout": {"connect": CONNECT_SECONDS}},
    )


async def _read_some(response: httpcore.Response) -> None:
    """Let the receiver end its answer, if that is short."""
    async with asyncio.timeout(READ_SECONDS):
        seen = 0
        async for _ in response.aiter_stream():
            seen += 1
            if seen == MOST_CHUNKS:
                return


async def addresses_of(host: str, port: int) -> Sequence[Address]:
    """What the operating system says that a name leads to."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [ip_address(place[0]) for *_, place in found]
