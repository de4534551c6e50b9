"""Many writers on few listings of a real server: what a reader sees on the way is a prefix of what is there at last."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from time import monotonic
from typing import Any

import asyncpg

from tests import factories
from tests.conftest import TestDatabase
from tests.history import assert_histories_are_whole
from tests.list_append import Glance, Read, Seen, Write, check
from tests.servers import serving
from tests.streams import Answer, Connection
from tests.told import assert_all_is_told

Address = tuple[str, int]

LISTINGS = 20
WRITERS = 32
READERS = 4
WRITES = 20_000
MOST_IN_A_BATCH = 4
FIRST_PRICE = 1
DONE = {200, 201, 207}

ENTRIES = "SELECT listing_id, version, price_eur FROM listing_price ORDER BY listing_id, version"


class Run:
    """What is done to the listings, and all that is seen of it."""

    def __init__(self, address: Address, listing_ids: list[int]) -> None:
        self.address = address
        self.listing_ids = listing_ids
        self.seen = Seen()
        self.counts: Counter[str] = Counter()
        self.is_over = asyncio.Event()

    def add(self, kind: str, writes: list[Write]) -> None:
        """Keep what became of the prices of one request."""
        self.seen.writes += writes
        self.counts[kind] += len(writes)


class Writer:
    """Writes its own prices, one after the other, each in one of the ways that there are."""

    def __init__(self, run: Run, number: int) -> None:
        self._run = run
        self._number = number
        self._chance = random.Random(number)  # noqa: S311 not a secret
        self._prices = iter(range(1_000_000 * (number + 1), 1_000_000 * (number + 2)))
        self._connection = Connection(run.address)
        self._other_connection = Connection(run.address)

    async def write(self, number: int) -> None:
        """Send so many prices until they are answered."""
        async with self._connection, self._other_connection:
            while number:
                if self._chance.random() < 0.01:
                    await self._abandon()
                number -= await self._write_some(number)

    async def _write_some(self, most: int) -> int:
        way = self._chance.choices((self._put, self._patch, self._post, self._batch), (6, 6, 6, 1))[0]
        method, path, body, prices = way(most)
        key = f"{self._number}-{next(iter(prices.values()))}" if self._chance.random() < 0.3 else None
        start = monotonic()
        answer = await (self._send(method, path, body) if key is None else self._send_safely(method, path, body, key))
        end = monotonic()
        is_done = answer.status in DONE
        versions = _versions(answer, list(prices)) if is_done else {}
        self._run.add(
            f"{method} {path.rpartition('/')[2] if method == 'POST' else 'listing'}: {answer.status}",
            [
                Write(listing_id, price, self._number, start, end, is_done, versions.get(listing_id))
                for listing_id, price in prices.items()
            ],
        )
        return len(prices)

    async def _abandon(self) -> None:
        """Send a price, and drop the connection: it may be taken or not."""
        method, path, body, prices = self._patch(1)
        start = monotonic()
        await self._other_connection.send(method, path, body)
        self._other_connection.close()
        [(listing_id, price)] = prices.items()
        self._run.add("abandoned", [Write(listing_id, price, self._number, start, monotonic(), is_acknowledged=False)])

    async def _send(self, method: str, path: str, body: Any) -> Answer:
        return await self._connection.request(method, path, body)

    async def _send_safely(self, method: str, path: str, body: Any, key: str) -> Answer:
        """Send under a key: once, again after the answer, twice at once, or again after the connection died."""
        way = self._chance.choice(("once", "again", "at once", "died"))
        self._run.counts[f"keyed, {way}"] += 1
        if way == "at once":
            answers = await asyncio.gather(
                *(self._until_answered(each, method, path, body, key) for each in self._both())
            )
            assert answers[0].body == answers[1].body or not DONE.issuperset(each.status for each in answers)
            return answers[0]
        if way == "died":
            await self._other_connection.send(method, path, body, Idempotency_Key=key)
            self._other_connection.close()
        answer = await self._until_answered(self._connection, method, path, body, key)
        if way == "again":
            repeated = await self._until_answered(self._connection, method, path, body, key)
            assert repeated.body == answer.body or answer.status not in DONE
        return answer

    async def _until_answered(self, connection: Connection, method: str, path: str, body: Any, key: str) -> Answer:
        while (answer := await connection.request(method, path, body, Idempotency_Key=key)).status == 409:
            self._run.counts["sent again because the first was still running"] += 1
        self._run.counts["replayed"] += "idempotency-replayed" in answer.headers
        return answer

    def _both(self) -> tuple[Connection, Connection]:
        return self._connection, self._other_connection

    def _put(self, _: int) -> tuple[str, str, Any, dict[int, int]]:
        listing_id, price = self._next()
        return "PUT", f"/listings/{listing_id}", factories.listing(latest_price_eur=price), {listing_id: price}

    def _patch(self, _: int) -> tuple[str, str, Any, dict[int, int]]:
        listing_id, price = self._next()
        return "PATCH", f"/listings/{listing_id}", {"latest_price_eur": price}, {listing_id: price}

    def _post(self, _: int) -> tuple[str, str, Any, dict[int, int]]:
        listing_id, price = self._next()
        return "POST", f"/listings/{listing_id}/prices", {"price_eur": price}, {listing_id: price}

    def _batch(self, most: int) -> tuple[str, str, Any, dict[int, int]]:
        several = self._chance.sample(self._run.listing_ids, min(most, self._chance.randint(1, MOST_IN_A_BATCH)))
        prices = {listing_id: next(self._prices) for listing_id in several}
        lines = [{"listing_id": listing_id, "price_eur": price} for listing_id, price in prices.items()]
        return "POST", "/prices:batch", {"prices": lines}, prices

    def _next(self) -> tuple[int, int]:
        return self._chance.choice(self._run.listing_ids), next(self._prices)


def _versions(answer: Answer, listing_ids: list[int]) -> dict[int, int]:
    """The versions at which prices were acknowledged: by an ETag, in an entry, or in each line of a batch."""
    if "etag" in answer.headers:
        return {listing_ids[0]: int(answer.headers["etag"].strip('"'))}
    if answer.status == 201:
        return {listing_ids[0]: answer.json["version"]}
    assert {line["status"] for line in answer.json["results"]} == {201}, answer
    return {line["listing_id"]: line["version"] for line in answer.json["results"]}


async def read_until_over(run: Run, number: int) -> None:
    """Read whole histories and newest prices in turn, now of this listing and now of that."""
    chance = random.Random(-number)  # noqa: S311 not a secret
    async with Connection(run.address) as connection:
        while not run.is_over.is_set():
            run.seen.reads.append(await read_history(connection, chance.choice(run.listing_ids)))
            run.seen.reads.append(await read_newest(connection, chance.choice(run.listing_ids)))


async def read_history(connection: Connection, listing_id: int) -> Read:
    start, prices = monotonic(), list[int]()
    page: str | None = f"/listings/{listing_id}/prices"
    while page:
        answer = await connection.request("GET", page)
        assert answer.status == 200, answer
        prices += [entry["price_eur"] for entry in answer.json]
        page = answer.next_page
    return Read(listing_id, prices, start, monotonic())


async def read_newest(connection: Connection, listing_id: int) -> Glance:
    start = monotonic()
    answer = await connection.request("GET", f"/listings/{listing_id}")
    return Glance(listing_id, answer.json["latest_price_eur"], start, monotonic())


@asynccontextmanager
async def reading(run: Run) -> AsyncIterator[None]:
    """Read all the while, and each history once more at the end."""
    async with asyncio.TaskGroup() as group:
        for number in range(READERS):
            group.create_task(read_until_over(run, number))
        yield
        run.is_over.set()
    async with Connection(run.address) as connection:
        run.seen.reads += [await read_history(connection, listing_id) for listing_id in run.listing_ids]


async def create_listings(address: Address) -> list[int]:
    async with Connection(address) as connection:
        written = factories.listing(latest_price_eur=FIRST_PRICE)
        created = [await connection.request("POST", "/listings", written) for _ in range(LISTINGS)]
        return [answer.json["id"] for answer in created]


async def stored(superuser: "asyncpg.Connection[asyncpg.Record]") -> dict[int, dict[int, int]]:
    """The final histories: by listing, the prices by their versions."""
    final: dict[int, dict[int, int]] = {}
    for listing_id, version, price in await superuser.fetch(ENTRIES):
        final.setdefault(listing_id, {})[version] = int(price)
    return final


async def test_no_acknowledged_price_is_missing_or_doubled_and_every_read_is_a_prefix(
    database: TestDatabase, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    with serving("--workers", "2", environment=database.settings().as_environment()) as server:
        run = Run(server.address, await create_listings(server.address))
        start = monotonic()
        async with reading(run):
            await asyncio.gather(*(Writer(run, number).write(WRITES // WRITERS) for number in range(WRITERS)))
        seconds = monotonic() - start

    violations = check(run.seen, await stored(superuser))
    print(_report(run, len(violations), seconds))
    assert violations == [], f"{len(violations)} violations, such as {list(islice(violations, 9))}"
    assert sum(write.is_acknowledged for write in run.seen.writes) == WRITES
    assert {len(read.prices) for read in run.seen.reads if isinstance(read, Read)} > {1}
    await assert_histories_are_whole(superuser)
    await assert_all_is_told(superuser)


def _report(run: Run, violations: int, seconds: float) -> str:
    acknowledged = sum(write.is_acknowledged for write in run.seen.writes)
    counts = ", ".join(f"{number} {what}" for what, number in sorted(run.counts.items()))
    whole = sum(isinstance(read, Read) for read in run.seen.reads)
    return (
        f"{acknowledged} writes acknowledged on {len(run.listing_ids)} listings in {seconds:.1f} s, {whole} whole "
        f"histories and {len(run.seen.reads) - whole} newest prices read, {violations} violations ({counts})"
    )
