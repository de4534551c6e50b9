"""The record of an answer is of the transaction of its write, and kept for 72 hours."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from listingapi.idempotency.repository import purge
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.integration.idempotency.writes import COUNT, WRITES, of, send
from tests.pools import opened

SAME_TRANSACTION = """
    SELECT record.xmin = listing.xmin AND record.xmin = price.xmin
    FROM idempotency_record AS record, listing, listing_price AS price
    WHERE listing.listing_id = 1 AND price.listing_id = 1 AND price.version = listing.version
"""


async def test_an_expired_record_is_forgotten(client: httpx.AsyncClient, clock: Clock, superuser: Any) -> None:
    first = await send(client, WRITES["post-listings"], {})
    clock.advance(hours=72)
    kept = await send(client, WRITES["post-listings"], {})
    clock.advance(seconds=1)
    anew = await send(client, WRITES["post-listings"], {})

    assert of(kept) == of(first)
    assert "idempotency-replayed" not in anew.headers
    assert first.json()["id"] != anew.json()["id"]
    assert await superuser.fetchval(COUNT) == 1


async def test_expired_records_are_purged(
    client: httpx.AsyncClient, database: TestDatabase, clock: Clock, superuser: Any
) -> None:
    await send(client, WRITES["post-listings"], {}, key="old")
    clock.advance(hours=1)
    await send(client, WRITES["post-listings"], {}, key="new")
    async with opened(database) as pool:
        await purge(pool, clock() + timedelta(hours=71, minutes=30))

    assert [row["key"] for row in await superuser.fetch("SELECT key FROM idempotency_record")] == ["new"]


@pytest.mark.parametrize("name", ["upsert-listing", "patch-listing", "post-listing-prices", "post-prices-batch"])
async def test_the_record_is_of_the_transaction_of_the_write(
    client: httpx.AsyncClient, superuser: Any, world: dict[str, str], name: str
) -> None:
    await send(client, WRITES[name], world)

    assert await superuser.fetchval(SAME_TRANSACTION) is True


async def test_a_refused_write_leaves_no_record(client: httpx.AsyncClient, superuser: Any) -> None:
    missing = await send(client, WRITES["upsert-listing"], {})
    wrong = await send(client, ("POST", "/listings", {}), {})
    created = await send(client, WRITES["post-listings"], {})

    assert [answer.status_code for answer in (missing, wrong, created)] == [404, 422, 201]
    assert await superuser.fetchval(COUNT) == 1
