"""The statistics equal a recount of all listings, whatever was written, by whom and in whichever way."""

import asyncio
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import httpx
import pytest

from tests import factories
from tests.bulk_files import Importer, line
from tests.clock import Clock
from tests.integration.markets.counting import answered, counted
from tests.settled import settled
from tests.until import until

CITIES = ("Paris", "PARIS", "paris", "Lyon")
TYPES = ("APARTMENT", "APARTMENT", "HOUSE")
SURFACES = (63.5, 63.5, 40, 0, 0.001, 0.01, 1234.56789)
WRITES = 250


class Writer:
    """Writes at random, and in every way that there is; what is refused is no matter."""

    def __init__(self, client: httpx.AsyncClient, clock: Clock, importing: Importer, seed: int) -> None:
        self._client = client
        self._clock = clock
        self._importing = importing
        self._random = Random(seed)  # noqa: S311 - a test that can be repeated
        self._ids: list[int] = []
        self._lines = 0

    async def write(self) -> None:
        """Write something, some time later."""
        self._clock.advance(hours=self._random.randint(1, 8))
        ways = (
            self._create, self._create, self._import, self._describe, self._reprice, self._reprice, self._batch,
            self._schedule, self._correct, self._withdraw, self._relist,
        )  # fmt: skip
        way = self._random.choice(ways) if self._ids else self._create
        await way()

    async def _create(self) -> None:
        created = await self._send("POST", "/listings", self._listing())
        self._ids.append(created.json()["id"])

    async def _import(self) -> None:
        lines = []
        for _ in range(self._random.randint(1, 5)):
            known = self._random.randint(1, self._lines) if self._lines and self._random.random() < 0.6 else None
            self._lines += known is None
            observed = self._clock().isoformat().replace("+00:00", "Z")
            lines.append(line(**self._listing(), external_id=f"flat-{known or self._lines}", observed_date=observed))
        await self._importing(*lines)
        found = (await self._client.get("/listings?limit=1000")).json()
        self._ids = sorted({*self._ids, *(listing["id"] for listing in found)})

    async def _describe(self) -> None:
        await self._send("PUT", f"/listings/{self._id}", self._listing())

    async def _reprice(self) -> None:
        await self._send("PATCH", f"/listings/{self._id}", {"latest_price_eur": self._price})

    async def _batch(self) -> None:
        ids = self._random.sample(self._ids, min(len(self._ids), 5))
        lines = [{"listing_id": listing_id, "price_eur": self._price} for listing_id in ids]
        await self._send("POST", "/prices:batch", {"prices": lines})

    async def _schedule(self) -> None:
        due = self._clock.now + timedelta(days=self._random.randint(1, 60))
        await self._send(
            "POST", f"/listings/{self._id}/prices", {"price_eur": self._price, "effective_date": due.isoformat()}
        )

    async def _correct(self) -> None:
        path = f"/listings/{self._id}/prices"
        said = (await self._client.get(f"{path}?view=detailed")).json()
        versions = [entry["version"] for entry in said if "kind" in entry] if isinstance(said, list) else [1]
        correction = {"price_eur": self._price} if self._random.random() < 0.5 else {"void": True}
        version = self._random.choice(versions)
        await self._send("POST", f"{path}/{version}/corrections", correction | {"reason": "A slip."})

    async def _withdraw(self) -> None:
        await self._send("DELETE", f"/listings/{self._id}")

    async def _relist(self) -> None:
        await self._send("POST", f"/listings/{self._id}/relist", {"latest_price_eur": self._price})

    async def _send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        answer = await self._client.request(method, path, **({} if body is None else {"json": body}))
        assert answer.status_code < 500, answer.text
        return answer

    @property
    def _id(self) -> int:
        return self._random.choice(self._ids)

    @property
    def _price(self) -> str:
        return f"{self._random.choice((100_000, 90_000, 0, 123_456)) + self._random.randint(0, 999) / 100:.2f}"

    def _listing(self) -> dict[str, Any]:
        return factories.listing(
            latest_price_eur=self._price,
            surface_area_m2=self._random.choice(SURFACES),
            building_type=self._random.choice(TYPES),
            postal_address=factories.address(city=self._random.choice(CITIES)),
        )


async def none_is_due(superuser: Any) -> bool:
    pending: int = await superuser.fetchval("SELECT count(*) FROM scheduled_price WHERE state = 'pending'")
    return pending == 0


async def assert_statistics_equal_a_recount(client: httpx.AsyncClient, clock: Clock, superuser: Any) -> None:
    """See it when all that was scheduled, too, is in force and counted."""
    clock.advance(days=60)
    await until(partial(none_is_due, superuser))
    await settled(superuser)
    expected = await counted(client)
    assert {market: await answered(client, market) for market in expected} == expected
    said = [month.keys() for months in expected.values() for month in months]
    assert any("median_cut_percent" in month for month in said)
    assert any("median_price_eur" not in month for month in said)


@pytest.mark.parametrize("seed", range(3))
async def test_statistics_equal_a_recount_after_any_writes(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, importing: Importer, seed: int
) -> None:
    writer = Writer(client, clock, importing, seed)
    for _ in range(WRITES):
        await writer.write()

    await assert_statistics_equal_a_recount(client, clock, superuser)


async def test_statistics_equal_a_recount_after_many_writes_at_once(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, importing: Importer
) -> None:
    writers = [Writer(client, clock, importing, seed) for seed in range(5)]
    for _ in range(WRITES // 5):
        await asyncio.gather(*(writer.write() for writer in writers))

    await assert_statistics_equal_a_recount(client, clock, superuser)
