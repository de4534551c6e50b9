"""Those who change prices while everything is killed around them."""

import asyncio
import random
from collections.abc import Callable, Sequence
from itertools import cycle

from tests import factories
from tests.kills.reckoning import Acknowledged, Evidence
from tests.streams import Answer, Connection

Address = tuple[str, int]
UNANSWERED = (OSError, EOFError, TimeoutError, ValueError)
PAUSE_SECONDS = 0.1
FIRST_PRICE = 1


class Progress:
    """How many changes are still to be acknowledged."""

    def __init__(self, changes: int) -> None:
        self.total = changes
        self._begun = 0
        self.done = 0
        self._news = asyncio.Event()

    def begin(self) -> bool:
        """Whether one more is to be made."""
        if self._begun == self.total:
            return False
        self._begun += 1
        return True

    def end(self) -> None:
        """Count one that is acknowledged."""
        self.done += 1
        self._news.set()
        self._news = asyncio.Event()

    async def until(self, number: float) -> None:
        """Wait until so many are acknowledged."""
        while self.done < number:
            await self._news.wait()


class Writer:
    """Gives listings prices that nobody else writes, by each server in turn, until enough are acknowledged."""

    def __init__(self, number: int, addresses: Sequence[Address], listing_ids: Sequence[int]) -> None:
        self._chance = random.Random(number)  # noqa: S311 not a secret
        self._prices = iter(range(1_000_000 * (number + 1), 1_000_000 * (number + 2)))
        self._connections = [Connection(address) for address in addresses]
        self._in_turn = cycle(self._connections)
        self._listing_ids = listing_ids

    async def write(self, progress: Progress, evidence: Evidence) -> None:
        """Change prices as long as there is something left to do."""
        try:
            while progress.begin():
                await self._change_one(evidence)
                progress.end()
        finally:
            for connection in self._connections:
                connection.close()

    async def _change_one(self, evidence: Evidence) -> None:
        while True:
            if await self._is_acknowledged(evidence):
                return
            await asyncio.sleep(PAUSE_SECONDS)

    async def _is_acknowledged(self, evidence: Evidence) -> bool:
        """Send one new price; one that is not answered may have been taken or not."""
        listing_id, price = self._chance.choice(self._listing_ids), next(self._prices)
        method, path, body = self._chance.choice(WAYS)(listing_id, price)
        connection = next(self._in_turn)
        try:
            answer = await connection.request(method, path, body)
        except UNANSWERED:
            connection.close()
            return False
        if answer.status == 503:
            return False
        assert answer.status in {200, 201, 207}, (answer.status, answer.body)
        evidence.acknowledged.append(Acknowledged(listing_id, price))
        return True


Way = Callable[[int, int], tuple[str, str, object]]
WAYS: Sequence[Way] = (
    lambda listing_id, price: ("PATCH", f"/listings/{listing_id}", {"latest_price_eur": price}),
    lambda listing_id, price: ("POST", f"/listings/{listing_id}/prices", {"price_eur": price}),
    lambda listing_id, price: (
        "POST",
        "/prices:batch",
        {"prices": [{"listing_id": listing_id, "price_eur": price}]},
    ),
)


async def create_listings(address: Address, number: int) -> list[int]:
    """Create listings, before anything is killed."""

    async def create(connection: Connection) -> Answer:
        return await connection.request("POST", "/listings", factories.listing(latest_price_eur=FIRST_PRICE))

    async with Connection(address) as connection:
        return [(await create(connection)).json["id"] for _ in range(number)]
