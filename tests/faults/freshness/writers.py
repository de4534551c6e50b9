"""Those who write: each gives listings prices that nobody else gives them, in any way, anywhere."""

import asyncio
import random
import re
from collections.abc import Callable, Sequence
from itertools import count
from typing import NamedTuple

import msgspec

from tests import factories
from tests.faults.freshness.clients import Log, active
from tests.faults.freshness.story import Acknowledged
from tests.faults.freshness.wire import Answer, Lost, Wire, request

PAUSE_SECONDS = 0.1
FIRST_PRICE = 1
VERSION = re.compile(rb'"version":(\d+)')
MOST_WRITERS = 100


class Write(NamedTuple):
    """A request, by its method, path and body."""

    method: str
    path: str
    body: object


class Writer:
    """Changes prices, so many in all writers of the process by the time that so much is read."""

    def __init__(self, number: int, log: Log) -> None:
        self._chance = random.Random(-number - 1)  # noqa: S311 not a secret
        self._prices = (round_ * MOST_WRITERS + number for round_ in count(1))
        self._log = log
        self._wires = {place: Wire(address) for place, address in log.task.places.items()}

    async def run(self, turns: "Turns") -> None:
        """Change prices whenever it is due."""
        while turns.left and not self._log.is_over:
            await turns.next()
            await self._change()
        for wire in self._wires.values():
            wire.close()

    async def _change(self) -> None:
        listing, price = active(len(self._log.task.listing_ids), self._chance), next(self._prices)
        place = self._chance.choice(list(self._log.task.places))
        write = self._chance.choice(WAYS)(self._log.task.listing_ids[listing], price)
        try:
            answer = await self._wires[place].ask(self._request(write))
        except Lost as error:
            self._log.failed(place, 0, f"{write.method} {write.path}: {error}")
            await asyncio.sleep(PAUSE_SECONDS)
            return
        self._note(listing, price, place, write, answer)

    def _request(self, write: Write) -> bytes:
        body, key = msgspec.json.encode(write.body), self._log.task.key
        return request(write.method, write.path, f"Authorization: Bearer {key}", body=body)

    def _note(self, listing: int, price: int, place: str, write: Write, answer: Answer) -> None:
        if answer.status not in {200, 201, 207}:
            self._log.failed(place, answer.status, f"{write.method} {write.path}: {answer.body[:200]!r}")
            return
        told = VERSION.search(answer.body)
        version = int(told[1]) if told else answer.version
        self._log.acknowledged(Acknowledged(listing, version, price, place, answer.ended))


class Turns:
    """When changes are due, those of all writers of a process."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.left = log.task.changes

    async def next(self) -> None:
        """Wait until one more is due."""
        self.left -= 1
        begun = self._log.task.changes - self.left
        await self._log.until_read(self._log.task.reads * begun / (self._log.task.changes + 1))


Way = Callable[[int, int], Write]
WAYS: Sequence[Way] = (
    lambda listing_id, price: Write("PATCH", f"/listings/{listing_id}", {"latest_price_eur": price}),
    lambda listing_id, price: Write("POST", f"/listings/{listing_id}/prices", {"price_eur": price}),
    lambda listing_id, price: Write(
        "POST", "/prices:batch", {"prices": [{"listing_id": listing_id, "price_eur": price}]}
    ),
    lambda listing_id, price: Write("PUT", f"/listings/{listing_id}", factories.listing(latest_price_eur=price)),
)
