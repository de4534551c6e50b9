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
        self.begun = 0
        self.done = 0

    def begin(self) -> bool:
        """Whether one more is to be made."""
        if self.begun == self.total:
            return False
        self.begun += 1
        return True


class Writer:
    """Gives listings prices that nobody else writes, by each server in turn, until enough are acknowledged."""

    def __init__(self, number: int, addresses: Sequence[Address], listing_ids: Sequence[int]) -> None:
        self._chance = random.Random(number)  # noqa: S311 not a secret
        self._prices = iter(range(1_000_000 * (number + 1), 1_000_000 * (number + 2)))
        self._connections = cycle([Connection(address) for address in addresses])
        self._listing_ids = listing_ids

    async def write(self, progress: Progress, evidence: Evidence) -> None:
        """Change prices as long as there is something left to do."""
        while progress.begin():
            while not await self._change(evidence):
                await asyncio.sleep(PAUSE_SECONDS)
            progress.done += 1

    async def _change(self, evidence: Evidence) -> bool:
        """Send one new price; one that is not answered may have been taken or not."""
        listing_id, price = self._chance.choice(self._listing_ids), next(self._prices)
        method, path, body = self._chance.choice(WAYS)(listing_id, price)
        connection = next(self._connections)
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
