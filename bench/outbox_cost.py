"""What a change of price costs more because it is told: the outbox, the sequencer, and the consumers in the process.

    .venv/bin/python -m bench.outbox_cost [SECONDS]

Starts a PostgreSQL of its own with two databases, and two `listingapi serve`: one as it is, and one whose writes add no
event. Changes prices over 16 connections to one and the other in turn, in short rounds, so that whatever else the
machine does is shared. A ratio is the changes a second with events by those without, of the same round. What the first
one has not consumed yet when a round is over is waited for, so that it takes nothing from the other one's; how many
changes a second that makes, waiting included, is said, too.
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
from typing import NamedTuple

import asyncpg
from tests import factories
from tests.conftest import TestDatabase
from tests.servers import serving
from tests.settled import settled
from tests.streams import Connection

from listingapi.infra.embedded import SUPERUSER, own_server
from listingapi.infra.migrations import migrate

ROUNDS = 9
CONNECTIONS = 16
LISTINGS = 200
prices = count(1)

Address = tuple[str, int]


class Served(NamedTuple):
    """Where it is served, and the database behind it."""

    address: Address
    database: TestDatabase


class Round(NamedTuple):
    """Changes a second: with events, with the time until all are consumed, and without events."""

    told: float
    consumed: float
    untold: float


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    with ExitStack() as stack:
        told, untold = (_serving(stack, module) for module in ("listingapi", "bench.without_outbox"))
        report(asyncio.run(measure(told, untold, seconds)))


def _serving(stack: ExitStack, module: str) -> Served:
    server = stack.enter_context(own_server(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
    migrate(server.migration_url, server.serving_url)
    database = TestDatabase(server.serving_url, server.migration_url, server.url(SUPERUSER))
    settings = database.settings(database_pool_size=CONNECTIONS)
    served = stack.enter_context(serving(environment=settings.as_environment(), module=module))
    return Served(served.address, database)


async def measure(told: Served, untold: Served, seconds: float) -> Sequence[Round]:
    """The changes a second of each, round by round."""
    of_told, of_untold = await _create(told.address), await _create(untold.address)
    superuser = await asyncpg.connect(told.database.superuser_url)
    rounds = []
    for number in range(1, ROUNDS + 1):
        print(f"round {number} of {ROUNDS}", file=sys.stderr)
        await settled(superuser)
        start = monotonic()
        with_events = await load(told.address, of_told, seconds)
        await settled(superuser)
        consumed = with_events * seconds / (monotonic() - start)
        rounds.append(Round(with_events, consumed, await load(untold.address, of_untold, seconds)))
    await superuser.close()
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


def report(rounds: Sequence[Round]) -> None:
    told, consumed, untold = (statistics.median(each) for each in zip(*rounds, strict=True))
    print(f"changes a second: {told:.0f} with events, {untold:.0f} without (medians of {len(rounds)} rounds)")
    _report_ratio([each.told / each.untold for each in rounds])
    print(f"changes a second until their events are consumed in the same process: {consumed:.0f}")
    _report_ratio([each.consumed / each.untold for each in rounds])


def _report_ratio(ratios: Sequence[float]) -> None:
    print(f"ratio: {statistics.median(ratios):.3f}, of the rounds {min(ratios):.3f} to {max(ratios):.3f}")


if __name__ == "__main__":
    main()
