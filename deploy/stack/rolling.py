"""Rolling restarts under load, of which no request may be lost.

Each server process ends by SIGTERM and starts again, one after the other.

    make rolling
    .venv/bin/python -m deploy.stack.rolling --rounds 10 --rate 500
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.stack.handle import Handle, started
from deploy.stack.load import Ask, Load, Outcome
from tests import factories
from tests.streams import Connection

# So many that most readings are not answered from what nginx keeps.
LISTINGS = 500
SERVERS = ("api-1", "api-2", "prices")


@dataclass(frozen=True, slots=True)
class Plan:
    """How often each of some servers is started again, and how many requests a second are sent meanwhile."""

    rounds: int = 10
    rate: float = 500.0
    servers: Sequence[str] = SERVERS


class Traffic:
    """What visitors and agents send: mostly readings of single listings, half of all with credentials, some writes."""

    def __init__(self, listing_ids: Sequence[int], credentials: Mapping[str, str], seed: int = 1) -> None:
        self._chance = random.Random(seed)  # noqa: S311 not a secret
        self._listing_ids = listing_ids
        self._credentials = credentials
        kinds: Sequence[tuple[Callable[[str], Ask], int]] = (
            (lambda path: Ask("GET", path), 25),
            (lambda path: Ask("GET", f"{path}/prices"), 15),
            (lambda _: Ask("GET", "/listings?limit=20"), 5),
            (lambda path: Ask("GET", path, headers=credentials), 20),
            (lambda path: Ask("GET", f"{path}/prices", headers=credentials), 25),
            (self._put, 5),
            (self._post, 5),
        )
        self._kinds, self._weights = zip(*kinds, strict=True)

    def next_ask(self) -> Ask:
        """The next request."""
        (kind,) = self._chance.choices(self._kinds, self._weights)
        ask: Ask = kind(f"/listings/{self._chance.choice(self._listing_ids)}")
        return ask

    def _put(self, path: str) -> Ask:
        return Ask("PUT", path, factories.listing(latest_price_eur=self._price()), self._credentials)

    def _post(self, path: str) -> Ask:
        return Ask("POST", f"{path}/prices", {"price_eur": self._price()}, self._credentials)

    def _price(self) -> int:
        return self._chance.randrange(100_000, 1_000_000)


async def roll(stack: Handle, plan: Plan) -> Outcome:
    """Start servers again as planned, under load; returns what became of the requests."""
    credentials = {"Authorization": f"Bearer {await asyncio.to_thread(stack.new_key)}"}
    traffic = Traffic(await create_listings(stack.address(), credentials), credentials)
    async with Load(stack.address(), plan.rate, traffic.next_ask).running() as outcome:
        for number in range(plan.rounds):
            for server in plan.servers:
                seconds = await asyncio.to_thread(stack.restart, server)
                print(f"round {number + 1}: {server} is back after {seconds:.1f} s, {outcome.sent} sent, "
                      f"{len(outcome.lost)} lost", flush=True)  # fmt: skip
    return outcome


async def create_listings(address: tuple[str, int], credentials: Mapping[str, str]) -> list[int]:
    """Create the listings that the load is about."""
    async with Connection(address) as connection:
        made = [
            await connection.request("POST", "/listings", factories.listing(), **credentials) for _ in range(LISTINGS)
        ]
    return [answer.json["id"] for answer in made]


def main() -> int:
    """Run a stack for it; 0 if no request was lost."""
    plan = Plan()
    parser = argparse.ArgumentParser(prog="make rolling", description="Restarts servers under load; none may be lost.")
    parser.add_argument("--rounds", type=int, default=plan.rounds, help="how often each server is started again")
    parser.add_argument("--rate", type=float, default=plan.rate, help="how many requests a second are sent meanwhile")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="listingapi-rolling-") as folder, started(Path(folder)) as stack:
        outcome = asyncio.run(roll(stack, Plan(asked.rounds, asked.rate)))
    print(outcome)
    return 1 if outcome.lost else 0


if __name__ == "__main__":
    sys.exit(main())
