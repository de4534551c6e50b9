"""What is answered before the framework says to the edge how old it is only where that is known."""

from collections.abc import Mapping
from typing import Any

import pytest

from listingapi.access.callers import anonymous, put_caller
from listingapi.access.scopes import Scope
from listingapi.hot.elsewhere import Elsewhere
from listingapi.hot.layer import HotLayer
from listingapi.hot.memory import Key
from listingapi.ready import Ready

READ = frozenset({Scope.LISTINGS_READ})
NOW = [(b"cache-control", b"no-cache")]


class Reads:
    """Finds everything, and keeps it or not; what is kept is nearly up to date."""

    seconds_behind = 0.1

    def __init__(self, *, keeps: bool) -> None:
        self._keeps = keeps

    def kept(self, _: Key) -> Ready | None:
        return Ready(7, b"{}") if self._keeps else None

    async def current(self, _: Key) -> Ready | None:
        return Ready(7, b"{}")

    recent = current


async def answered(reads: Any, scopes: frozenset[Scope] = READ, headers: Any = ()) -> Mapping[bytes, bytes]:
    """The headers of an answer to who sends no credentials."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {"type": "http", "method": "GET", "path": "/listings/1", "query_string": b"", "headers": headers}
    put_caller(scope, anonymous(scopes))
    await HotLayer(_nothing, reads, Elsewhere(lambda: 0.0), None)(scope, _nothing, send)
    return dict(sent[0]["headers"])


async def _nothing(*_: Any) -> Any:
    """Nobody else answers."""


async def test_what_is_kept_says_of_which_second_it_is() -> None:
    headers = await answered(Reads(keeps=True))

    assert b"x-accel-expires" in headers
    assert b"s-maxage" in headers[b"cache-control"]


@pytest.mark.parametrize(("keeps", "headers"), [(False, ()), (False, NOW), (True, NOW)])
async def test_what_was_read_does_not(*, keeps: bool, headers: Any) -> None:
    """A read may take seconds: what it found may have been changed, and told of, long before it is answered."""
    found = await answered(Reads(keeps=keeps), headers=headers)

    assert b"x-accel-expires" not in found
    assert b"s-maxage" in found[b"cache-control"]


async def test_who_may_write_gets_nothing_that_others_may_get() -> None:
    headers = await answered(Reads(keeps=True), scopes=READ | {Scope.LISTINGS_WRITE})

    assert headers.keys().isdisjoint({b"x-accel-expires", b"cache-control"})


class NothingToRead:
    """Finds nothing, and counts how often it is asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def kept(self, _: Key) -> None: ...

    async def current(self, _: Key) -> None:
        self.asked += 1

    recent = current


@pytest.mark.parametrize("headers", [(), NOW])
async def test_what_was_not_found_is_not_looked_for_again_for_a_while(headers: Any) -> None:
    reads: Any = NothingToRead()
    passed_on = 0

    async def app(*_: Any) -> None:
        nonlocal passed_on
        passed_on += 1

    layer = HotLayer(app, reads, Elsewhere(lambda: 0.0), None)
    for _ in range(3):
        scope: Any = {"type": "http", "method": "GET", "path": "/listings/1", "query_string": b"", "headers": headers}
        put_caller(scope, anonymous(READ))
        await layer(scope, _nothing, _nothing)

    assert (reads.asked, passed_on) == (1, 3)
