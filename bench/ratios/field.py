"""What all scenarios are made from: the servers, the listings, the callers, and how requests are sent."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import asyncpg
import httpx
from bench.ratios import contestants, loads, pgbench, wrk
from bench.ratios.loads import Body, Headers, Popularity, Uniform
from bench.ratios.samples import Sample
from bench.ratios.servers import Server
from tests.conftest import TestDatabase

from listingapi.listings.rows import COLUMNS, listing_of
from listingapi.listings.schemas import writable

VISITOR: Headers = {"User-Agent": "wrk"}
WRITTEN = 20_000
# More than the fastest answers: what is sent a second time in a round is found in every cache.
DRAWN_A_SECOND = 30_000
SOME = f"SELECT {COLUMNS} FROM listing WHERE listing_id = ANY ($1)"  # noqa: S608 - a constant

Contestant = Callable[[Random, int], Sample]
Before = Callable[[Random, int], object]
Draw = Callable[[Random], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A server, and what is sent to it; what it is left to do by that is waited for, and counts as its work."""

    server: Server
    draw: Draw
    file: Path
    leaves_work: bool

    def send(self, random: Random, seconds: int) -> wrk.Load:
        """Draw requests and send them for some seconds."""
        loads.write(islice(self.draw(random), DRAWN_A_SECOND * seconds), self.file)
        return wrk.load(self.server.url, self.file, seconds)

    def __call__(self, random: Random, seconds: int) -> Sample:
        """See what it takes to answer them."""
        before = self.server.processor_seconds()
        load = self.send(random, seconds)
        if self.leaves_work:
            self.server.settle()
        used, counted = self.server.processor_seconds() - before, load.counted
        return Sample(
            per_second=counted.requests / counted.seconds,
            p50_ms=counted.p50_ms,
            p99_ms=counted.p99_ms,
            processor_us=used * 1e6 / counted.requests,
            memory_mb=self.server.memory_mb(),
            generator_busy=load.busy,
        )


@dataclass(frozen=True, slots=True)
class Field:
    """Who is measured, on what, and with which API keys; `folder` is for what is made on the way.

    `redis_url` is where our processes keep things together.
    """

    servers: Mapping[str, Server]
    database: TestDatabase
    redis_url: str
    for_pgbench: TestDatabase
    listings: int
    listings_of_small: int
    keys: Mapping[str, Headers]
    popular: Popularity
    folder: Path

    @property
    def uniform(self) -> Uniform:
        """Any listing."""
        return Uniform(self.listings)

    def headers_of(self, name: str) -> Headers:
        """Who is somebody: this service asks for a key, its peers know no callers."""
        return VISITOR | self.keys.get(name, {})

    def replayed(self, name: str, draw: Draw, *, leaves_work: bool = False) -> Replayed:
        """A server to which drawn requests are sent."""
        return Replayed(self.servers[name], draw, self.folder / "requests", leaves_work=leaves_work)

    def pgbench(self, name: str, script: str) -> Contestant:
        """A script that PostgreSQL runs by itself."""
        file = self.folder / f"{name}.sql"
        file.write_text(script)
        return lambda _, seconds: pgbench.run(file, self.for_pgbench.serving_url, seconds)

    def some(self, random: Random) -> dict[int, Body]:
        """Some listings as they are now, by their ids, in any order."""
        ids = random.sample(range(1, self.listings + 1), min(WRITTEN, self.listings))
        return asyncio.run(_read(self.database, ids))

    def etags(self, number: int) -> dict[int, str]:
        """What tells the most popular listings from what they were or will be."""
        ids = [self.popular.at(place) for place in range(min(number, self.listings))]
        with httpx.Client(base_url=self.servers[contestants.OURS].url, headers=dict(VISITOR)) as client:
            return {listing_id: client.get(f"/listings/{listing_id}").headers["ETag"] for listing_id in ids}


async def _read(database: TestDatabase, ids: list[int]) -> dict[int, Body]:
    connection = await asyncpg.connect(database.serving_url)
    rows = await connection.fetch(SOME, ids)
    await connection.close()
    return {row["listing_id"]: _body(row) for row in rows}


def _body(row: "asyncpg.Record") -> Body:
    listing = writable(listing_of(row))
    return listing | {"latest_price_eur": float(listing["latest_price_eur"])}
