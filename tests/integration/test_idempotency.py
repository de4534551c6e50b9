"""A request with an `Idempotency-Key` takes effect once (draft-ietf-httpapi-idempotency-key-header)."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import jsonschema_rs
import pytest

from listingapi.idempotency.repository import purge
from listingapi.infra.database import Database
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.history import assert_histories_are_whole, prices_of
from tests.openapi import document
from tests.settled import settled

Write = tuple[str, str, Any]
LATER = "2100-01-01T00:00:00Z"
RULE = {"kind": "smallest-interval", "min_interval_seconds": 1}
WEBHOOK = {"url": "https://receiver.invalid", "types": ["price.changed"]}

# What each operation that writes is tried with; after the second word of a name, what is special about it.
WRITES: dict[str, Write] = {
    "post-listings": ("POST", "/listings", factories.listing(name="New")),
    "upsert-listing": ("PUT", "/listings/1", factories.listing(latest_price_eur=5)),
    "upsert-listing as it is": ("PUT", "/listings/1", factories.listing()),
    "patch-listing": ("PATCH", "/listings/1", {"latest_price_eur": 6}),
    "delete-listing": ("DELETE", "/listings/1", None),
    "delete-listing again": ("DELETE", "/listings/2", None),
    "relist-listing": ("POST", "/listings/2/relist", None),
    "relist-listing cheaper": ("POST", "/listings/2/relist", {"latest_price_eur": 7}),
    "relist-listing on the market": ("POST", "/listings/1/relist", {}),
    "post-listing-prices": ("POST", "/listings/1/prices", {"price_eur": 8}),
    "post-listing-prices as it is": ("POST", "/listings/3/prices", {"price_eur": 100_000}),
    "post-listing-prices later": ("POST", "/listings/1/prices", {"price_eur": 8, "effective_date": LATER}),
    "delete-scheduled-price": ("DELETE", "/listings/1/prices/scheduled/2", None),
    "post-price-corrections": ("POST", "/listings/1/prices/1/corrections", {"price_eur": 9, "reason": "A slip."}),
    "post-price-review-approval": ("POST", "/price-reviews/3/1/approval", None),
    "post-price-review-rejection": (
        "POST",
        "/price-reviews/3/1/rejection",
        {"price_eur": 9, "reason": "A slip."},
    ),
    "post-prices-batch": ("POST", "/prices:batch", {"prices": [{"listing_id": 1, "price_eur": 10}, None]}),
    "post-prices-batch of nothing": ("POST", "/prices:batch", {"prices": [None]}),
    "post-pricing-rules": ("POST", "/pricing-rules", RULE),
    "put-pricing-rule": ("PUT", "/pricing-rules/{rule}", RULE | {"action": "reject"}),
    "delete-pricing-rule": ("DELETE", "/pricing-rules/{rule}", None),
    "post-webhooks": ("POST", "/webhooks", WEBHOOK),
    "patch-webhook": ("PATCH", "/webhooks/{webhook}", {"url": "https://other.invalid"}),
    "patch-webhook as it is": ("PATCH", "/webhooks/{webhook}", {"url": WEBHOOK["url"]}),
    "post-webhook-secrets": ("POST", "/webhooks/{webhook}/secrets", None),
    "delete-webhook": ("DELETE", "/webhooks/{webhook}", None),
    "replay-webhook-delivery": ("POST", "/webhooks/{webhook}/deliveries/{delivery}/replay", None),
    "post-accounts": ("POST", "/accounts", {"name": "New", "kind": "agency"}),
    "patch-account": ("PATCH", "/accounts/{account}", {"name": "Renamed", "suspended": True}),
    "patch-account as it is": ("PATCH", "/accounts/{account}", {"name": "Agency"}),
    "post-account-keys": ("POST", "/accounts/{account}/keys", {"name": "New"}),
    "delete-account-key": ("DELETE", "/accounts/{account}/keys/{key}", None),
    "delete-account-key again": ("DELETE", "/accounts/{account}/keys/{revoked}", None),
}
# A new key, or secret, is told in the first answer only: the record of the answer does not hold it.
KEY = re.compile(rb',"(key|secret)":"(lst|whsec)_[^"]+"')
# What became of the deliveries is not of the write.
WEBHOOKS = """(
    SELECT account_id, webhook_id, to_jsonb(webhook) - ARRAY['failures', 'held_until'] AS rest FROM webhook
) AS webhook"""
TABLES = ("listing", "listing_price", "listing_price_correction", "listing_market_change", "scheduled_price",
          "pricing_rule", "pricing.price_review", WEBHOOKS, "account", "api_key", "audit_entry",
          "idempotency_record")  # fmt: skip
REVIEW = """
    INSERT INTO pricing.price_review (listing_id, version, account_id, price_eur, created_date, flags)
    VALUES (3, 1, 1, 100000, now(), '[]')
"""
DELIVERY = """
    INSERT INTO webhook_delivery (account_id, webhook_id, listing_id, version, type, is_own, created_date)
    VALUES (1, $1, 1, 1, 'price.changed', true, now()) RETURNING delivery_id AS id
"""
COUNT = "SELECT count(*) FROM idempotency_record"
SAME_TRANSACTION = """
    SELECT record.xmin = listing.xmin AND record.xmin = price.xmin
    FROM idempotency_record AS record, listing, listing_price AS price
    WHERE listing.listing_id = 1 AND price.listing_id = 1 AND price.version = listing.version
"""
OTHERS_RECORD = """
    WITH other AS (INSERT INTO account (name) VALUES ('other') RETURNING account_id)
    INSERT INTO idempotency_record (account_id, key, fingerprint, status, headers, body, created_date)
    SELECT account_id, 'a', '\\x00', 418, '{}', 'theirs', '2023-01-12T09:23:36Z' FROM other
"""


@pytest.fixture
async def world(client: httpx.AsyncClient, superuser: Any) -> dict[str, str]:
    """Listings: 1 with a scheduled price, 2 withdrawn, 3 to be reviewed. And a rule, an account, keys, a webhook."""
    for _ in range(3):
        await client.post("/listings", json=factories.listing())
    await superuser.execute(REVIEW)
    await client.post("/listings/1/prices", json={"price_eur": 1, "effective_date": LATER})
    await client.delete("/listings/2")
    rule = (await client.post("/pricing-rules", json=RULE | {"action": "flag"})).json()
    account = (await client.post("/accounts", json={"name": "Agency", "kind": "agency"})).json()
    path = f"/accounts/{account['id']}/keys"
    key, revoked = [(await client.post(path, json={"name": name})).json() for name in ("kept", "revoked")]
    await client.delete(f"{path}/{revoked['id']}")
    webhook = (await client.post("/webhooks", json=WEBHOOK)).json()
    await client.patch(f"/webhooks/{webhook['id']}", json={"state": "paused"})
    delivery = await superuser.fetchrow(DELIVERY, webhook["id"])
    made = {"webhook": webhook, "delivery": delivery, "rule": rule, "account": account, "key": key, "revoked": revoked}
    return {name: str(each["id"]) for name, each in made.items()}


async def send(client: httpx.AsyncClient, write: Write, names: dict[str, str], key: str = "a") -> httpx.Response:
    method, path, body = write
    given = {} if body is None else {"json": body}
    return await client.request(method, path.format(**names), headers={"Idempotency-Key": key}, **given)


async def disturb(client: httpx.AsyncClient) -> None:
    """Write what the answers were made of: withdraw, relist and reprice every listing."""
    for listing_id in (1, 2, 3):
        await client.delete(f"/listings/{listing_id}")
        await client.post(f"/listings/{listing_id}/relist", json={"latest_price_eur": 12_345})


async def state_of(superuser: Any) -> Sequence[Any]:
    """All that a write may change, once consumers have made of it what they make."""
    await settled(superuser)
    return [await superuser.fetch(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES]


NUMBERS = ("latest_price_eur", "price_eur", "min_interval_seconds")


def another(body: dict[str, Any]) -> dict[str, Any]:
    """A body that the same operation takes, but another one."""
    if "prices" in body:
        return {"prices": [None, None]}
    if "url" in body:
        return body | {"url": f"{body['url']}/another"}
    changed: dict[str, Any] = {name: body[name] + 1 for name in NUMBERS if name in body}
    return body | changed | ({"name": "Another"} if "name" in body else {}) or {"latest_price_eur": 1}


def of(answer: httpx.Response) -> tuple[Any, ...]:
    """What a replay repeats to the byte."""
    body = KEY.sub(b"", answer.content)
    return (answer.status_code, body, *(answer.headers.get(name) for name in ("etag", "location")))


def is_key_by_the_document(header: str) -> bool:
    """Whether a header is one that the OpenAPI document says is taken."""
    parameters = document()["paths"]["/listings"]["post"]["parameters"]
    [schema] = [parameter["schema"] for parameter in parameters if parameter["name"] == "Idempotency-Key"]
    return bool(jsonschema_rs.is_valid(schema, header))


def test_every_operation_that_writes_can_be_repeated_safely() -> None:
    writing = {
        operation["operationId"]: [parameter["name"] for parameter in operation["parameters"]]
        for path in document()["paths"].values()
        for method, operation in path.items()
        if method in {"post", "put", "patch", "delete"}
    }

    assert {name for name, parameters in writing.items() if "Idempotency-Key" not in parameters} == set()
    assert {name.split()[0] for name in WRITES} == writing.keys()


@pytest.mark.parametrize("name", WRITES)
async def test_a_repeated_request_is_answered_as_the_first(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, world: dict[str, str], name: str
) -> None:
    first = await send(client, WRITES[name], world)
    await disturb(client)
    before = await state_of(superuser)
    clock.advance(hours=71)
    again = await send(client, WRITES[name], world)

    assert first.is_success, first.text
    assert "idempotency-replayed" not in first.headers
    assert of(again) == of(first)
    assert again.headers.get("content-type") == first.headers.get("content-type")
    assert again.headers["idempotency-replayed"] == "true"
    assert await state_of(superuser) == before
    await assert_histories_are_whole(superuser)


@pytest.mark.parametrize("name", WRITES)
async def test_another_request_with_the_key_is_refused(
    client: httpx.AsyncClient, superuser: Any, world: dict[str, str], name: str
) -> None:
    method, path, body = WRITES[name]
    await send(client, (method, path, body), world)
    before = await state_of(superuser)
    others = [("PATCH", "/listings/3", {"name": "Other"})]
    if body is not None:
        others.append((method, path, another(body)))
    answers = [await send(client, other, world) for other in others]

    assert {answer.status_code for answer in answers} == {422}
    assert {answer.json()["message"].partition(":")[0] for answer in answers} == {
        "This Idempotency-Key came with another request before"
    }
    assert await state_of(superuser) == before


async def test_withdrawals_and_relistings_are_told_apart_by_their_keys(
    client: httpx.AsyncClient, superuser: Any, world: dict[str, str]
) -> None:
    sequence = [("DELETE", "/listings/1", None), ("POST", "/listings/1/relist", None)] * 2
    first = [await send(client, write, world, key=f"key-{number}") for number, write in enumerate(sequence)]
    again = [await send(client, write, world, key=f"key-{number}") for number, write in enumerate(sequence)]

    assert [of(answer) for answer in again] == [of(answer) for answer in first]
    kinds = await superuser.fetch("SELECT kind FROM listing_market_change WHERE listing_id = 1 ORDER BY version")
    assert [row["kind"] for row in kinds] == ["withdrawn", "relisted"] * 2


@pytest.mark.parametrize(
    ("first", "again"),
    [
        pytest.param('"abc-1"', "abc-1", id="bare after quoted"),
        pytest.param("abc-1", '"abc-1"', id="quoted after bare"),
        pytest.param(r'"a \"b\" \\ c"', r'"a \"b\" \\ c"', id="with quotes, backslashes and spaces"),
        pytest.param("8e03978e-40d5-43dd-bc93-6894a57f9324", '"8e03978e-40d5-43dd-bc93-6894a57f9324"', id="a UUID"),
        pytest.param("k" * 255, "k" * 255, id="the longest"),
    ],
)
async def test_a_key_is_a_string_in_quotes_or_bare(client: httpx.AsyncClient, first: str, again: str) -> None:
    answers = [await send(client, WRITES["post-listings"], {}, key=key) for key in (first, again)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert is_key_by_the_document(first)
    assert is_key_by_the_document(again)
    assert len((await client.get("/listings")).json()) == 1


async def test_two_keys_are_none(client: httpx.AsyncClient) -> None:
    twice = [("Idempotency-Key", "a"), ("Idempotency-Key", "a")]
    answer = await client.post("/listings", json=factories.listing(), headers=twice)

    assert answer.status_code == 422
    assert answer.json()["message"] == "Idempotency-Key must be given only once"
    assert (await client.get("/listings")).json() == []


@pytest.mark.parametrize(
    "key", ["", " ", '""', "two words", 'half"', '"half', '"a"b"', '"a\\b"', "k" * 256, b"\xc3\xa9", b'"\xe9"', b"a\tb"]
)
async def test_what_is_no_key_is_refused(client: httpx.AsyncClient, superuser: Any, key: str | bytes) -> None:
    raw = key if isinstance(key, bytes) else key.encode()
    answer = await client.post("/listings", json=factories.listing(), headers=[(b"Idempotency-Key", raw)])

    assert answer.status_code == 422
    assert answer.json()["message"].startswith("Idempotency-Key must be ")
    assert not is_key_by_the_document(raw.decode("latin-1"))
    assert await superuser.fetchval("SELECT count(*) FROM listing") == 0


async def test_a_key_is_the_callers_own(client: httpx.AsyncClient, superuser: Any) -> None:
    await superuser.execute(OTHERS_RECORD)

    assert (await send(client, WRITES["post-listings"], {})).status_code == 201
    assert await superuser.fetchval(COUNT) == 2


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
    pool = Database(pool_size=1)
    await pool.open(database.serving_url)
    await purge(pool, clock() + timedelta(hours=71, minutes=30))
    await pool.close()

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


@asynccontextmanager
async def two_applications(database: TestDatabase, clock: Clock) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Clients of two applications on one database."""
    async with client_of(database.settings(), clock) as one, client_of(database.settings(), clock) as other:
        yield [one, other]


async def until_held_up(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Wait until a statement waits for a lock."""
    waiting = "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database WHERE NOT granted"
    row_lock = " AND datname = current_database()) OR EXISTS (SELECT FROM pg_stat_activity WHERE datname ="
    busy = " current_database() AND wait_event_type = 'Lock')"
    async with asyncio.timeout(20):
        while not await connection.fetchval(waiting + row_lock + busy):
            pass


@pytest.mark.parametrize("where", [0, 1], ids=["the same application", "another application"])
@pytest.mark.parametrize("name", ["upsert-listing", "delete-listing", "post-listing-prices", "post-prices-batch"])
async def test_while_the_first_is_running_a_repetition_is_told_so_at_once(
    database: TestDatabase, clock: Clock, superuser: Any, name: str, where: int
) -> None:
    async with two_applications(database, clock) as clients:
        await clients[0].post("/listings", json=factories.listing())
        watcher = await asyncpg.connect(database.superuser_url)
        transaction = superuser.transaction()
        await transaction.start()
        await superuser.execute("SELECT FROM listing FOR UPDATE")
        first = asyncio.create_task(send(clients[0], WRITES[name], {}))
        await until_held_up(watcher)
        early = await send(clients[where], WRITES[name], {})
        assert not first.done()
        await transaction.rollback()
        done = await first
        late = await send(clients[where], WRITES[name], {})
        await watcher.close()

    assert (early.status_code, early.headers["retry-after"]) == (409, "1")
    assert "is still running" in early.json()["message"]
    assert done.is_success
    assert of(late) == of(done)
    assert await superuser.fetchval(COUNT) == 1


@pytest.mark.parametrize("name", ["upsert-listing", "post-listing-prices", "post-prices-batch", "post-listings"])
async def test_64_clients_with_one_key_make_one_price(
    database: TestDatabase, clock: Clock, superuser: Any, name: str
) -> None:
    async def until_answered(client: httpx.AsyncClient) -> httpx.Response:
        while (answer := await send(client, WRITES[name], {})).status_code == 409:
            assert answer.headers["retry-after"] == "1"
        return answer

    async with two_applications(database, clock) as clients:
        await clients[0].post("/listings", json=factories.listing())
        answers = await asyncio.gather(*(until_answered(clients[number % 2]) for number in range(64)))

    assert len({of(answer) for answer in answers}) == 1
    assert answers[0].is_success
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert await superuser.fetchval("SELECT count(*) FROM listing_price") == 2
    assert len(await prices_of(superuser, 1)) == (1 if name == "post-listings" else 2)
    await assert_histories_are_whole(superuser)


async def test_different_keys_do_not_hold_each_other_up(database: TestDatabase, clock: Clock, superuser: Any) -> None:
    async with two_applications(database, clock) as clients:
        await clients[0].post("/listings", json=factories.listing())
        answers = await asyncio.gather(
            *(
                send(clients[price % 2], ("POST", "/listings/1/prices", {"price_eur": price}), {}, key=f"key-{price}")
                for price in range(32)
            )
        )

    assert {answer.status_code for answer in answers} == {201}
    assert sorted((await prices_of(superuser, 1))[1:]) == list(range(32))
    await assert_histories_are_whole(superuser)
