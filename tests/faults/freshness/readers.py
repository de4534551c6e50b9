"""Those who read: any listing, in any way that it can be read, anywhere."""

import asyncio
import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import msgspec

from tests.faults.freshness.clients import Log, active
from tests.faults.freshness.story import Asking, Body, Kind, Seen
from tests.faults.freshness.wire import Answer, Lost, Wire, request

PAUSE_SECONDS = 0.05
PRICES = re.compile(rb'"price_eur":(\d+)')
PRICE = re.compile(rb'"(?:latest|current)_price_eur":(\d+)')
GET = "GET"
# No listing has this price: to say what would become of it tells the version that is there.
NO_PRICE = 999_999_999

KINDS: Mapping[Kind, int] = {"history": 250, "listing": 243, "summary": 3, "rehearsal": 2, "page": 2}
ASKING: Mapping[Asking, int] = {"anonymous": 68, "key": 24, "no-cache": 8}
WAYS = list(product(KINDS, ASKING))
WEIGHTS = [KINDS[kind] * ASKING[asking] for kind, asking in WAYS]
DRAWN_AT_ONCE = 1_000


class OfPage(msgspec.Struct):
    """What a page says of a listing, as far as it matters."""

    id: int
    latest_price_eur: int


class Read(NamedTuple):
    """What is asked for, how and where."""

    kind: Kind
    asking: Asking
    place: str
    listing: int


class Reader:
    """Reads until enough was read."""

    def __init__(self, number: int, log: Log) -> None:
        self._chance = random.Random(number)  # noqa: S311 not a secret
        self._log = log
        self._wires = {place: Wire(address) for place, address in log.task.places.items()}
        self._places = list(self._wires)
        self._known: dict[Read, int] = {}
        self._drawn: list[tuple[Kind, Asking]] = []

    async def run(self) -> None:
        """Read and tell what was seen."""
        while not self._log.is_over:
            read = self._any()
            try:
                answer = await self._wires[read.place].ask(self._request(read))
            except Lost as error:
                self._log.failed(read.place, 0, f"{read.asking} {read.kind}: {error}")
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                self._note(read, answer)
        for wire in self._wires.values():
            wire.close()

    def _any(self) -> Read:
        self._drawn = self._drawn or self._chance.choices(WAYS, WEIGHTS, k=DRAWN_AT_ONCE)
        kind, asking = self._drawn.pop()
        listings = len(self._log.task.listing_ids)
        is_active = self._chance.random() < 0.5
        listing = active(listings, self._chance) if is_active else self._chance.randrange(listings)
        return Read(kind, "key" if kind == "rehearsal" else asking, self._chance.choice(self._places), listing)

    def _request(self, read: Read) -> bytes:
        lines = list(_lines(read.asking, self._log.task.key))
        known = self._known.get(read)
        if known and read.kind in {"listing", "history"} and self._chance.random() < 0.5:
            lines.append(f'If-None-Match: "{known}"')
        return MAKES[read.kind](self._log.task.listing_ids[read.listing], lines, self._log.task.key)

    def _note(self, read: Read, answer: Answer) -> None:
        if answer.status not in {200, 207, 304}:
            self._log.failed(read.place, answer.status, f"{read.asking} {read.kind}: {answer.body[:200]!r}")
            return
        for listing, number in self._seen(read, answer):
            took = answer.ended - answer.began
            self._log.see(Seen(listing, number, read.kind, read.asking, read.place, answer.began, took))
        self._log.count(read.kind, read.place)
        self._known[read] = answer.version

    def _seen(self, read: Read, answer: Answer) -> Sequence[tuple[int, int]]:
        if read.kind == "page":
            page = msgspec.json.decode(answer.body, type=list[OfPage])
            seen = [(self._log.number_of(each.id), each.latest_price_eur) for each in page]
            return [(number, price) for number, price in seen if number is not None]
        if read.kind == "rehearsal":
            return [(read.listing, msgspec.json.decode(answer.body)["results"][0]["version"] - 1)]
        if read.kind == "summary":
            [price] = prices_of(answer.body, is_whole=False)
            return [(read.listing, price)]
        if answer.status != 304:
            is_whole = read.kind == "history"
            prices = prices_of(answer.body, is_whole=is_whole)
            self._log.keep_body(Body(read.listing, answer.version, prices, is_whole))
        return [(read.listing, answer.version)]


@lru_cache(500)
def prices_of(body: bytes, *, is_whole: bool) -> tuple[int, ...]:
    """The prices in an answer: those of a history, or the price of a listing or a summary."""
    return tuple(map(int, (PRICES if is_whole else PRICE).findall(body)))


@lru_cache
def _lines(asking: Asking, key: str) -> Sequence[str]:
    return {"anonymous": (), "no-cache": ("Cache-Control: no-cache",), "key": (f"Authorization: Bearer {key}",)}[asking]


def _listing(listing_id: int, lines: Sequence[str], _: str) -> bytes:
    return request(GET, f"/listings/{listing_id}", *lines)


def _history(listing_id: int, lines: Sequence[str], _: str) -> bytes:
    return request(GET, f"/listings/{listing_id}/prices", *lines)


def _summary(listing_id: int, lines: Sequence[str], _: str) -> bytes:
    return request(GET, f"/listings/{listing_id}/prices/summary", *lines)


def _page(_: int, lines: Sequence[str], __: str) -> bytes:
    return request(GET, "/listings", *lines)


def _rehearsal(listing_id: int, _: Sequence[str], key: str) -> bytes:
    body = msgspec.json.encode({"prices": [{"listing_id": listing_id, "price_eur": NO_PRICE}]})
    return request("POST", "/prices:batch?dry_run=true", *_lines("key", key), body=body)


Make = Callable[[int, Sequence[str], str], bytes]
MAKES: Mapping[Kind, Make] = {
    "listing": _listing, "history": _history, "summary": _summary, "page": _page, "rehearsal": _rehearsal,
}  # fmt: skip
