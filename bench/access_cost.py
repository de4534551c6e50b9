"""What a request costs more with an API key or a token than without credentials.

    .venv/bin/python -m bench.access_cost [SECONDS]

Needs wrk on the PATH. Starts a PostgreSQL of its own, an identity provider on a loopback address, and one
`listingapi serve` with rate limits on (too high to be reached), and reads one listing over 16 connections: short rounds
in turn, one caller after the other, so that whatever else the machine does is shared. A cost is the time on the
processor that a request takes of the server with credentials, by what it takes without, of the same round; the median
of the rounds.
"""

import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
from psutil import Process
from tests import factories
from tests.accounts import Accounts, Headers, bearer
from tests.conftest import TestDatabase
from tests.issuer import Issuer, claims, issuing
from tests.servers import serving
from tests.signing import eddsa_key, es256_key, rs256_key

from listingapi.infra.embedded import SUPERUSER, Server, own_server
from listingapi.infra.migrations import migrate
from listingapi.settings import RATES_IN_PUBLIC

ROUNDS = 9
CONNECTIONS = 16
NEVER_REACHED = 1_000_000_000
REQUESTS = re.compile(r"(\d+) requests in")
WRONG = re.compile(r"Non-2xx|Socket errors")
WITHOUT = "without credentials"


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = _database(stack.enter_context(own_server(folder)))
        issuer = stack.enter_context(issuing(rs256_key(), es256_key(), eddsa_key()))
        settings = database.settings(**issuer.settings, **dict.fromkeys(RATES_IN_PUBLIC, NEVER_REACHED))
        server = stack.enter_context(serving(environment=settings.as_environment()))
        listing = server.url + httpx.post(f"{server.url}/listings", json=factories.listing()).headers["Location"]
        report(measure(asyncio.run(callers(database, issuer)), listing, seconds, Process(server.process.pid)))


def _database(server: Server) -> TestDatabase:
    migrate(server.migration_url, server.serving_url)
    return TestDatabase(server.serving_url, server.migration_url, server.url(SUPERUSER, "listingapi"))


async def callers(database: TestDatabase, issuer: Issuer) -> dict[str, Headers]:
    """The headers of each caller; the first comes twice, so that the noise is seen, too."""
    async with Accounts.on(database) as accounts:
        account_id = await accounts.add("reader")
        key = await accounts.key(account_id)
    now = datetime.now(UTC)
    claimed = claims(now, account_id, exp=int(now.timestamp()) + 3600)
    tokens = {f"token, {key.algorithm}": bearer(key.sign(claimed)) for key in issuer.keys}
    return {WITHOUT: {}, f"{WITHOUT}, again": {}, "API key": key, **tokens}


def measure(several: dict[str, Headers], url: str, seconds: int, server: Process) -> dict[str, list[float]]:
    """The microseconds on the processor that a request of each caller takes, round by round."""
    costs: dict[str, list[float]] = {name: [] for name in several}
    for number in range(1, ROUNDS + 1):
        print(f"round {number} of {ROUNDS}", file=sys.stderr)
        for name, headers in several.items():
            before = _processor_seconds(server)
            requests = load(url, headers, seconds)
            costs[name].append((_processor_seconds(server) - before) * 1e6 / requests)
    return costs


def _processor_seconds(server: Process) -> float:
    times = server.cpu_times()
    return times.user + times.system


def load(url: str, headers: Headers, seconds: int) -> int:
    """How many requests were answered, all of them rightly."""
    options = [option for name, value in headers.items() for option in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *options, url]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = REQUESTS.search(printed)
    if found is None or WRONG.search(printed):
        sys.exit(printed)
    return int(found[1])


def report(costs: dict[str, list[float]]) -> None:
    print(f"{'caller':<28} {'µs a request':>12} {'cost':>7}   of the rounds")
    for name, several in costs.items():
        ratios = sorted(cost / without for without, cost in zip(costs[WITHOUT], several, strict=True))
        median = statistics.median(ratios)
        print(f"{name:<28} {statistics.median(several):12.1f} {median:7.3f}   {ratios[0]:.3f} to {ratios[-1]:.3f}")


if __name__ == "__main__":
    main()
