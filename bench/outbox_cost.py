"""What a change of price costs more because it is told: the outbox, the sequencer, and the consumers in the process.

    .venv/bin/python -m bench.outbox_cost [SECONDS]

Starts a PostgreSQL of its own with two databases, and two `listingapi serve`: one as it is, and one whose writes add no
event. Changes prices over 16 connections to one and the other in turn, in short rounds, so that whatever else the
machine does is shared. A ratio is the changes a second with events by those without, of the same round.
"""

import asyncio
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from http import HTTPStatus
from itertools import count
from pathlib import Path
from time import monotonic

from tests import factories
from tests.conftest import TestDatabase
from tests.servers import serving
from tests.streams import Connection

from listingapi.infra.embedded import SUPERUSER, own_server
from listingapi.infra.migrations import migrate

ROUNDS = 9
CONNECTIONS = 16
LISTINGS = 200
prices = count(1)

Address = tuple[str, int]


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    with ExitStack() as stack:
        addresses = [_serving(stack, module) for module in ("listingapi", "bench.without_outbox")]
        report(asyncio.run(measure(addresses, seconds)))


def _serving(stack: ExitStack, module: str) -> Address:
    server = stack.enter_context(own_server(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
    migrate(server.migration_url, server.serving_url)
    database = TestDatabase(server.serving_url, server.migration_url, server.url(SUPERUSER))
    settings = database.settings(database_pool_size=CONNECTIONS)
    return stack.enter_context(serving(environment=settings.as_environment(), module=module)).address


async def measure(addresses: Sequence[Address], seconds: float) -> Sequence[tuple[float, float]]:
    """The changes a second of each, round by round."""
    listings = [await _create(address) for address in addresses]
    rounds = []
    for number in range(1, ROUNDS + 1):
        print(f"round {number} of {ROUNDS}", file=sys.stderr)
        told, untold = [await load(*each, seconds) for each in zip(addresses, listings, strict=True)]
        rounds.append((told, untold))
    return rounds


async def _create(address: Address) -> Sequence[str]:
    async with Connection(address) as connection:
        answers = [await connection.request("POST", "/listings", factories.listing()) for _ in range(LISTINGS)]
        return [answer.headers["location"] for answer in answers]


async def load(address: Address, listings: Sequence[str], seconds: float) -> float:
    """How many changes a second were acknowledged."""
    end = monotonic() + seconds

    async def change(own: Sequence[str]) -> int:
        number = 0
        async with Connection(address) as connection:
            while monotonic() < end:
                body = {"latest_price_eur": next(prices)}
                answer = await connection.request("PATCH", own[number % len(own)], body)
                if answer.status != HTTPStatus.OK:
                    sys.exit(f"{answer.status} {answer.body.decode()}")
                number += 1
        return number

    changed = await asyncio.gather(*(change(listings[first::CONNECTIONS]) for first in range(CONNECTIONS)))
    return sum(changed) / seconds


def report(rounds: Sequence[tuple[float, float]]) -> None:
    told, untold = (statistics.median(each) for each in zip(*rounds, strict=True))
    ratios = sorted(with_events / without for with_events, without in rounds)
    print(f"changes a second: {told:.0f} with events, {untold:.0f} without (medians of {len(rounds)} rounds)")
    print(f"ratio: {statistics.median(ratios):.3f}, of the rounds {ratios[0]:.3f} to {ratios[-1]:.3f}")


if __name__ == "__main__":
    main()
