"""What is left of the best throughput while three times as much is asked, and how soon the rest is refused.

    .venv/bin/python -m bench.overload [--edge] [--seconds 6] [--only histories]

Starts a PostgreSQL and a `listingapi serve` of its own with 200 listings, or, as the edge, nginx before two of them and
a price service. First some connections ask for the next thing
as soon as they have their answer: that is the best throughput. Then three times as many requests a second are sent,
each when it is due, whether those before it are answered or not. As the generator runs beside the server on the same
processors, the best is measured a second time beside a process that takes as much more of a processor as the generator
took then.
"""

import argparse
import multiprocessing
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter, sleep

import httpx
import msgspec
from bench.pacing import Load, Seen
from tests import factories
from tests.conftest import TestDatabase
from tests.nginx import nginx_before
from tests.servers import serving

from listingapi.access.scopes import Scope
from listingapi.infra.embedded import SUPERUSER, own_server
from listingapi.infra.migrations import migrate

LISTINGS = 200
CLOSED, OPEN = (64, 256), 1_000
TIMES = 3
# Before that, more may wait than can be answered in time: it is found out when so many do.
SECONDS_BEFORE = 5.0
OK, REFUSED = 200, 503
USEFUL_SECONDS = 1.0
ANYBODY = frozenset({Scope.LISTINGS_READ, Scope.LISTINGS_WRITE, Scope.PRICES_WRITE})
HEAD = "{} {} HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\nCache-Control: no-cache\r\n"
TURN_SECONDS = 0.01
ONLY_PRICES = ("--only", "prices")

Address = tuple[str, int]
Draw = Callable[[], bytes]


def _any(most: int) -> int:
    return random.randint(1, most)  # noqa: S311 - chance, no secret


def _read(path: str) -> bytes:
    return (HEAD.format("GET", path) + "\r\n").encode()


def _price() -> bytes:
    listing = factories.listing(latest_price_eur=(10_000_000 + _any(10_000_000)) / 100)
    body = msgspec.json.encode(listing)
    lines = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return (HEAD.format("PUT", f"/listings/{_any(LISTINGS)}") + lines).encode() + body


CASES: dict[str, Draw] = {
    "histories": lambda: _read(f"/listings/{_any(LISTINGS)}/prices"),
    "searches": lambda: _read(f"/listings?limit=20&min_price_eur={_any(90_000)}"),
    "changes of price": _price,
}


def best(address: Address, draw: Draw, seconds: float) -> Seen:
    """The most that was answered, at some numbers of connections."""
    return max((_closed(address, draw, seconds, number) for number in CLOSED), key=lambda seen: seen.rate(OK))


def _closed(address: Address, draw: Draw, seconds: float, number: int) -> Seen:
    load = Load(address, number, draw)
    try:
        return load.closed_loop(SECONDS_BEFORE, seconds)
    finally:
        load.close()


def overload(address: Address, draw: Draw, seconds: float, rate: float) -> Seen:
    """What was answered while so much was asked."""
    load = Load(address, OPEN, draw)
    try:
        return load.open_loop(SECONDS_BEFORE, seconds, rate)
    finally:
        load.close()


@contextmanager
def taking(share: float) -> Iterator[None]:
    """Have a process take a share of a processor until the end of the block."""
    process = multiprocessing.Process(target=_spin, args=(share,), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _spin(share: float) -> None:
    while True:
        began = perf_counter()
        while perf_counter() - began < share * TURN_SECONDS:
            pass
        sleep((1 - share) * TURN_SECONDS)


def report(name: str, alone: Seen, beside: Seen, seen: Seen) -> None:
    highest, useful = alone.rate(OK), seen.rate(OK, within=USEFUL_SECONDS)
    print(f"{name}: best {highest:.0f} a second (generator {alone.busy:.2f} of a processor)")
    print(f"  best beside what takes as much as the generator below: {beside.rate(OK):.0f}")
    asked = sum(map(len, seen.taken.values())) / seen.seconds
    print(f"  asked and answered {asked:.0f} a second, {asked / highest:.1f} times (generator {seen.busy:.2f})")
    print(f"  useful {useful:.0f}: {useful / highest:.2f} of the best, {useful / beside.rate(OK):.2f} of that beside")
    for status in (OK, REFUSED):
        print(
            f"  {status}: {seen.rate(status):.0f} a second, "
            f"p50 {seen.percentile(0.5, status):.0f} ms, p99 {seen.percentile(0.99, status):.0f} ms"
        )
    others = sum(len(several) for status, several in seen.taken.items() if status not in {OK, REFUSED})
    print(f"  others: {others}, no connection was free: {seen.unsent}, connections lost: {seen.lost}", flush=True)


def measure(name: str, address: Address, seconds: float) -> None:
    """Measure a case, and report it."""
    draw = CASES[name]
    alone = best(address, draw, seconds)
    seen = overload(address, draw, seconds, TIMES * alone.rate(OK))
    sleep(SECONDS_BEFORE)
    with taking(max(0.0, min(1.0, seen.busy - alone.busy))):
        beside = best(address, draw, seconds)
    report(name, alone, beside, seen)


@contextmanager
def one_process(environment: Mapping[str, str]) -> Iterator[Address]:
    """Run a `listingapi serve`; yields its address."""
    with serving(environment=environment) as process:
        yield process.address


@contextmanager
def edge(environment: Mapping[str, str]) -> Iterator[Address]:
    """Run nginx before two of them and a price service; yields its address."""
    trusting = {**environment, "LISTINGAPI_TRUSTED_PROXIES": "127.0.0.1"}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        services = [stack.enter_context(serving(*only, environment=trusting)) for only in ((), (), ONLY_PRICES)]
        api, other, prices = ["{}:{}".format(*service.address) for service in services]
        host, _, port = stack.enter_context(nginx_before(folder, api, prices, other_api=other)).partition(":")
        yield host, int(port)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument(
        "--edge", action="store_true", help="through nginx, before two processes and a price service"
    )
    arguments.add_argument("--seconds", type=float, default=6.0)
    arguments.add_argument("--only", choices=CASES, action="append")
    given = arguments.parse_args()
    with ExitStack() as stack:
        server = stack.enter_context(own_server(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        migrate(server.migration_url, server.serving_url)
        database = TestDatabase(server.serving_url, server.migration_url, server.url(SUPERUSER, "listingapi"))
        environment = database.settings(anonymous_scopes=ANYBODY).as_environment()
        address = stack.enter_context(edge(environment) if given.edge else one_process(environment))
        with httpx.Client(base_url="http://{}:{}".format(*address)) as client:
            for _ in range(LISTINGS):
                client.post("/listings", json=factories.listing()).raise_for_status()
        for name in given.only or CASES:
            measure(name, address, given.seconds)


if __name__ == "__main__":
    main()
