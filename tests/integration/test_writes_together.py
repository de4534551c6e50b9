"""Writes that come at the same time go together in one statement; each takes effect by itself, or not at all."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from listingapi.infra import together
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.history import assert_histories_are_whole, prices_of
from tests.statements import seen_by

LISTINGS = 12
TOGETHER = "FOR NO KEY UPDATE OF listing SKIP LOCKED"
# Those that have their position come first.
TOLD = """
    SELECT listing_id, array_agg(version || ' ' || type ORDER BY is_waiting, number) AS events FROM (
        SELECT true AS is_waiting, outbox_id AS number, listing_id, version, type FROM outbox
        UNION ALL SELECT false, position, listing_id, version, type FROM event
    ) AS told WHERE version > 1 GROUP BY listing_id ORDER BY listing_id
"""
NO_ROOM = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full';
    END $$;
    CREATE TRIGGER no_room BEFORE UPDATE ON listing FOR EACH ROW WHEN (NEW.name = 'Too long') EXECUTE FUNCTION no_room()
"""
LOCK = "SELECT FROM listing WHERE listing_id = $1 FOR UPDATE"


@asynccontextmanager
async def locked(database: TestDatabase, listing_id: int) -> AsyncIterator[None]:
    """Somebody else has a listing locked until the end of the block."""
    connection = await asyncpg.connect(database.superuser_url)
    try:
        async with connection.transaction():
            await connection.execute(LOCK, listing_id)
            yield
    finally:
        await connection.close()


@pytest.fixture
async def paths(client: httpx.AsyncClient) -> Sequence[str]:
    """Some listings."""
    created = [await client.post("/listings", json=factories.listing(latest_price_eur=1)) for _ in range(LISTINGS)]
    return [answer.headers["Location"] for answer in created]


async def reprice(client: httpx.AsyncClient, path: str, price: int, **headers: str) -> httpx.Response:
    return await client.patch(path, json={"latest_price_eur": price}, headers=headers)


async def all_at_once(client: httpx.AsyncClient, paths: Sequence[str], price: int) -> list[httpx.Response]:
    return await asyncio.gather(*(reprice(client, path, price) for path in paths))


async def test_writes_of_many_callers_are_one_statement_and_each_has_its_own_effect(
    monkeypatch: pytest.MonkeyPatch, database: TestDatabase, clock: Clock, superuser: Any
) -> None:
    seen = seen_by(monkeypatch)
    async with client_of(database.settings(), clock) as client:
        created = [await client.post("/listings", json=factories.listing(latest_price_eur=1)) for _ in range(LISTINGS)]
        paths = [answer.headers["Location"] for answer in created]
        seen.clear()
        answers = await asyncio.gather(*(reprice(client, path, 100 + place) for place, path in enumerate(paths)))

    assert [answer.json()["latest_price_eur"] for answer in answers] == [100 + place for place in range(LISTINGS)]
    assert {answer.headers["ETag"] for answer in answers} == {'"2"'}
    # the first one begins at once, those that come meanwhile follow together
    written = [statement for statement in seen if "UPDATE listing" in statement]
    assert any(TOGETHER in statement for statement in written)
    assert len(written) < LISTINGS
    for place, path in enumerate(paths):
        assert await prices_of(superuser, int(path.rpartition("/")[2])) == [1, 100 + place]
    await assert_histories_are_whole(superuser)


async def test_a_listing_that_is_locked_holds_up_no_other(
    client: httpx.AsyncClient, database: TestDatabase, paths: Sequence[str], superuser: Any
) -> None:
    async with locked(database, 3):
        waiting = asyncio.gather(*(reprice(client, paths[2], price) for price in range(20, 24)))
        async with asyncio.timeout(5):
            answers = await all_at_once(client, [path for path in paths if path != paths[2]], 7)
            again = await all_at_once(client, [path for path in paths if path != paths[2]], 8)
        assert {answer.status_code for answer in (*answers, *again)} == {200}
        assert not waiting.done()
    assert {answer.status_code for answer in await waiting} == {200}
    assert sorted(await prices_of(superuser, 3)) == [1, 20, 21, 22, 23]
    await assert_histories_are_whole(superuser)


async def test_one_that_is_refused_by_the_database_takes_none_of_the_others_down(
    client: httpx.AsyncClient, paths: Sequence[str], superuser: Any
) -> None:
    client.event_hooks = {}
    await superuser.execute("ALTER TABLE listing_price ADD CONSTRAINT unlucky CHECK (price_eur <> 13) NOT VALID")
    try:
        prices = [13 if place == 5 else 50 + place for place in range(LISTINGS)]
        answers = await asyncio.gather(
            *(reprice(client, path, price) for path, price in zip(paths, prices, strict=True))
        )
    finally:
        await superuser.execute("ALTER TABLE listing_price DROP CONSTRAINT unlucky")
    assert [answer.status_code for answer in answers] == [500 if price == 13 else 200 for price in prices]
    for path, price in zip(paths, prices, strict=True):
        expected = [1] if price == 13 else [1, price]
        assert await prices_of(superuser, int(path.rpartition("/")[2])) == expected
    await assert_histories_are_whole(superuser)


async def test_those_of_another_shape_are_kept_where_the_database_has_no_room(
    client: httpx.AsyncClient, paths: Sequence[str], superuser: Any
) -> None:
    """Each shape is a statement, and so a transaction, of its own."""
    await superuser.execute(NO_ROOM)
    try:
        writes = [{"latest_price_eur": 9}] * (LISTINGS // 2) + [{"name": "Too long"}] * (LISTINGS // 2)
        answers = await asyncio.gather(*(client.patch(path, json=it) for path, it in zip(paths, writes, strict=True)))
    finally:
        await superuser.execute("DROP FUNCTION no_room CASCADE")
    assert [answer.status_code for answer in answers] == [200] * (LISTINGS // 2) + [503] * (LISTINGS // 2)
    for place, path in enumerate(paths):
        expected = [1, 9] if place < LISTINGS // 2 else [1]
        assert await prices_of(superuser, int(path.rpartition("/")[2])) == expected
    await assert_histories_are_whole(superuser)


async def test_those_that_name_a_version_are_refused_where_another_was_faster(
    client: httpx.AsyncClient, paths: Sequence[str], superuser: Any
) -> None:
    """Several on each listing, all on its first version: one of each wins."""
    pairs = [(path, price) for price in (30, 31, 32) for path in paths]
    answers = await asyncio.gather(*(reprice(client, path, price, **{"If-Match": '"1"'}) for path, price in pairs))
    won = [path for (path, _), answer in zip(pairs, answers, strict=True) if answer.status_code == 200]
    assert sorted(won) == sorted(paths)
    assert {answer.status_code for answer in answers} == {200, 412}
    for path in paths:
        assert len(await prices_of(superuser, int(path.rpartition("/")[2]))) == 2
    await assert_histories_are_whole(superuser)


async def test_events_of_a_listing_are_in_the_order_of_its_versions(
    client: httpx.AsyncClient, paths: Sequence[str], superuser: Any
) -> None:
    for price in range(40, 46):
        await all_at_once(client, paths, price)
    told = [row["events"] for row in await superuser.fetch(TOLD)]
    assert told == [[f"{version} price.changed" for version in range(2, 8)]] * LISTINGS


async def test_writes_of_other_shapes_go_at_the_same_time(
    client: httpx.AsyncClient, paths: Sequence[str], superuser: Any
) -> None:
    kinds: list[tuple[dict[str, Any], list[str]]] = [
        ({"latest_price_eur": 9}, ["2 price.changed"]),
        ({"name": "Other"}, ["2 listing.updated"]),
        ({"name": "Both", "latest_price_eur": 9}, ["2 listing.updated", "2 price.changed"]),
    ]
    bodies, expected = zip(*(kinds[place % 3] for place in range(LISTINGS)), strict=True)
    answers = await asyncio.gather(*(client.patch(path, json=body) for path, body in zip(paths, bodies, strict=True)))
    for body, answer in zip(bodies, answers, strict=True):
        assert answer.json().items() >= body.items()
    assert [row["events"] for row in await superuser.fetch(TOLD)] == list(expected)
    await assert_histories_are_whole(superuser)


async def test_a_request_with_a_key_that_comes_together_with_others_takes_effect_once(
    client: httpx.AsyncClient, paths: Sequence[str], superuser: Any
) -> None:
    several = [reprice(client, path, 60, **{"Idempotency-Key": f"key-{path}"}) for path in (*paths, *paths)]
    answers = await asyncio.gather(*several)
    assert {answer.status_code for answer in answers} <= {200, 409}
    for path in paths:
        assert await prices_of(superuser, int(path.rpartition("/")[2])) == [1, 60]


async def test_every_kind_of_value_is_written_together_as_it_was_meant(
    client: httpx.AsyncClient, clock: Clock, paths: Sequence[str], superuser: Any
) -> None:
    """Cents, flags, a time on the market that is over, and texts with what JSON and SQL write in their own ways."""
    await client.post("/pricing-rules", json={"kind": "largest-change", "max_change_percent": 1, "action": "flag"})
    for path in paths:
        clock.advance(days=1, microseconds=7)
        await client.delete(path)
        await client.post(f"{path}/relist")
    on_market = (
        "SELECT listing_id, earlier_time_on_market, relisted_date, created_date FROM listing ORDER BY listing_id"
    )
    before = await superuser.fetch(on_market)
    names = [f"\"{place}\" \\ 'é' \u2028 \U0001f3e0 $1::text {{}}" for place in range(LISTINGS)]
    bodies = [{"name": name, "latest_price_eur": round(1000.07 + place, 2)} for place, name in enumerate(names)]
    answers = await asyncio.gather(*(client.patch(path, json=body) for path, body in zip(paths, bodies, strict=True)))

    assert all(answer.json().items() >= body.items() for answer, body in zip(answers, bodies, strict=True))
    stored = await superuser.fetch("SELECT name, latest_price_eur::float8 FROM listing ORDER BY listing_id")
    assert [tuple(row) for row in stored] == [tuple(body.values()) for body in bodies]
    assert await superuser.fetch(on_market) == before
    assert all(row["earlier_time_on_market"] > timedelta(days=1) for row in before)
    flags = await superuser.fetch("SELECT jsonb_typeof(flags) FROM listing_price WHERE version > 1")
    assert [row[0] for row in flags] == ["array"] * LISTINGS
    changed = await superuser.fetch("SELECT DISTINCT details FROM audit_entry WHERE operation = 'patch-listing'")
    assert [json.loads(row[0]) for row in changed] == [{"changed": ["name", "latest_price_eur"]}]
    await assert_histories_are_whole(superuser)


def test_as_many_connections_are_there_as_statements_may_run() -> None:
    """Of reads and writes at the same time; nobody has to wait for one."""
    assert together.POOL_SIZE >= 2 * together.AT_THE_SAME_TIME
