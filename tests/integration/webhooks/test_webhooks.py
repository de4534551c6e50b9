"""Webhooks as resources: made, read, changed and deleted by the account that they belong to; secrets are told once."""

from typing import Any

import httpx
import pytest

from listingapi.access.scopes import Scope
from listingapi.events.feed import TYPES
from listingapi.webhooks.schemas import LARGEST_SEARCH
from tests import factories
from tests.accounts import Accounts
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.integration.webhooks.world import NOWHERE, webhook

PROBLEM = {"accept": "application/problem+json"}
NOW = "2023-01-12T09:23:36Z"
FILL = """
    INSERT INTO webhook (account_id, version, url, types, state, secret, created_date, updated_date)
    SELECT 1, 1, 'https://receiver.invalid', '{price.changed}', 'paused', '\\x00', now(), now()
    FROM generate_series(1, $1::int)
"""
TABLES = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT LIKE 'pg_%'"


async def make(client: httpx.AsyncClient, **changed: Any) -> dict[str, Any]:
    answer = await client.post("/webhooks", json=webhook(**changed))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def public(made: dict[str, Any]) -> dict[str, Any]:
    """What is told of a webhook later on."""
    return {name: value for name, value in made.items() if name != "secret"}


async def problems(client: httpx.AsyncClient, body: Any) -> list[tuple[str, str]]:
    """What is wrong with a webhook, each with where."""
    answer = await client.post("/webhooks", json=body, headers=PROBLEM)
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["detail"]) for error in answer.json()["errors"]]


async def test_a_webhook_is_told_with_its_secret_once(client: httpx.AsyncClient) -> None:
    search = {"city": "Paris", "building_type": ["HOUSE", "STUDIO"], "max_price_eur": 250000.5, "min_drop_percent": 2.5}
    answer = await client.post(
        "/webhooks", json=webhook(types=["price.changed", "listing.created"], search=search, min_cut_percent=5)
    )
    made = answer.json()
    read = await client.get(answer.headers["location"])

    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert made["secret"].startswith("whsec_")
    assert public(made) == {
        "id": made["id"], "url": NOWHERE, "types": ["price.changed", "listing.created"], "search": search,
        "min_cut_percent": 5, "state": "active", "created_date": NOW, "updated_date": NOW,
    }  # fmt: skip
    assert read.json() == public(made)
    assert (await client.get("/webhooks")).json() == [public(made)]


async def test_the_secret_is_in_the_column_that_signs_and_nowhere_else(
    client: httpx.AsyncClient, superuser: Any
) -> None:
    once = {"Idempotency-Key": "once"}
    first = (await client.post("/webhooks", json=webhook(), headers=once)).json()
    rotated = await client.post(f"/webhooks/{first['id']}/secrets", headers={"Idempotency-Key": "again"})
    tables = [row[0] for row in await superuser.fetch(TABLES)]
    rows = {table: await superuser.fetch(f"SELECT t::text FROM {table} AS t") for table in tables}
    text = "\n".join(row[0] for table, each in rows.items() if table != "public.webhook" for row in each).lower()

    assert "public.idempotency_record" in tables
    for secret in (first["secret"], rotated.json()["secret"]):
        assert secret.lower() not in text
        assert secret.encode().hex() not in text
        assert secret.removeprefix("whsec_").lower() not in text


async def test_a_repeated_request_makes_one_webhook_and_tells_no_secret(client: httpx.AsyncClient) -> None:
    answers = [await client.post("/webhooks", json=webhook(), headers={"Idempotency-Key": "once"}) for _ in range(2)]

    assert "secret" in answers[0].json()
    assert answers[1].json() == public(answers[0].json())
    assert answers[1].headers["cache-control"] == "no-store"
    assert len((await client.get("/webhooks")).json()) == 1


async def test_a_rotation_tells_the_new_secret_and_until_when_the_old_one_signs(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    made = await make(client)
    path = f"/webhooks/{made['id']}"
    rotated = await client.post(f"{path}/secrets", headers={"Idempotency-Key": "once"})
    again = await client.post(f"{path}/secrets", headers={"Idempotency-Key": "once"})
    during = (await client.get(path)).json()
    clock.advance(hours=24)

    assert rotated.json()["secret"] != made["secret"]
    assert rotated.json().items() >= {"previous_secret_expires_date": "2023-01-13T09:23:36Z"}.items()
    assert again.json() == public(rotated.json()) == during
    assert "previous_secret_expires_date" not in (await client.get(path)).json()


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        pytest.param({"state": "paused"}, {"state": "paused"}, id="paused"),
        pytest.param({"url": "https://other.invalid/x"}, {"url": "https://other.invalid/x"}, id="another address"),
        pytest.param(
            {"search": {"city": None, "country": "DE"}}, {"search": {"max_rooms": 5, "country": "DE"}}, id="its search"
        ),
        pytest.param({"search": None, "listing_id": 7}, {"search": None, "listing_id": 7}, id="a listing for a search"),
        pytest.param({"min_cut_eur": None, "min_cut_percent": 3}, {"min_cut_percent": 3}, id="a threshold"),
        pytest.param({"types": ["price.changed"] * 3}, {"types": ["price.changed"]}, id="the types, each once"),
    ],
)
async def test_a_patch_changes_what_it_names(
    client: httpx.AsyncClient, patch: dict[str, Any], expected: dict[str, Any]
) -> None:
    made = await make(client, search={"city": "Lyon", "max_rooms": 5})
    answer = await client.patch(f"/webhooks/{made['id']}", json=patch)
    wanted = {name: value for name, value in (public(made) | expected).items() if value is not None}

    assert answer.status_code == 200, answer.text
    assert answer.json() == wanted
    assert (await client.get(f"/webhooks/{made['id']}")).json() == wanted


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        pytest.param({"state": "gone"}, "/state", id="only a receiver says that it is gone"),
        pytest.param({"url": None}, "/url", id="there is an address"),
        pytest.param({"types": []}, "/types", id="there is a type"),
        pytest.param({"secret": "whsec_AAAA"}, "/secret", id="nobody chooses a secret"),
        pytest.param({"listing_id": 7}, "/search", id="either a listing or a search"),
        pytest.param({"types": ["listing.created"], "min_cut_eur": 1}, "/min_cut_eur", id="a threshold of no price"),
        pytest.param({"url": "https://10.0.0.1/"}, "/url", id="an address inside"),
    ],
)
async def test_a_patch_that_makes_no_webhook_is_refused(
    client: httpx.AsyncClient, patch: dict[str, Any], pointer: str
) -> None:
    made = await make(client, search={"city": "Lyon"})
    answer = await client.patch(f"/webhooks/{made['id']}", json=patch, headers=PROBLEM)

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert (await client.get(f"/webhooks/{made['id']}")).json() == public(made)


async def test_what_is_wrong_is_named(client: httpx.AsyncClient) -> None:
    assert await problems(client, {}) == [
        ("/url", "is required and must be an https address of at most 2048 characters"),
        ("/types", f"is required and must be an array of one or more of {TYPES}"),
    ]
    assert await problems(client, webhook(search={"min_rooms": 4, "max_rooms": 3})) == [
        ("/search/min_rooms", "must not be above max_rooms"),
        ("/search/max_rooms", "must not be below min_rooms"),
    ]
    assert await problems(client, webhook(search={"text": "…", "sort": "price"})) == [
        ("/search/text", "must be at most 200 characters, with at least one letter or digit"),
        ("/search/sort", "is not a known property"),
    ]


async def test_a_search_is_small(client: httpx.AsyncClient) -> None:
    """Each event is held against all of them."""
    made = await make(client, search={"building_type": ["HOUSE", "HOUSE", "STUDIO"]})
    exactly = await make(client, search={"city": "x" * (LARGEST_SEARCH - len('{"city":""}'))})

    assert made["search"] == {"building_type": ["HOUSE", "STUDIO"]}
    assert len(exactly["search"]["city"]) > 4000
    assert await problems(client, webhook(search={"building_type": ["HOUSE"] * 4})) == [
        ("/search/building_type", "must be at most three of STUDIO, APARTMENT and HOUSE"),
    ]
    for field in ("city", "postal_code"):
        assert await problems(client, webhook(search={field: "é" * (LARGEST_SEARCH // 2)})) == [
            ("/search", "must be at most 4096 bytes of JSON"),
        ]


async def test_a_price_falls_by_no_more_than_all_of_it(client: httpx.AsyncClient) -> None:
    assert (await make(client, search={"min_drop_percent": 100}))["search"] == {"min_drop_percent": 100}
    assert await problems(client, webhook(search={"min_drop_percent": 100.01})) == [
        ("/search/min_drop_percent", "must be a number above 0, up to 100, with at most two decimals"),
    ]


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.invalid/", "https://", "https://user@receiver.invalid/", "https://u:p@receiver.invalid/",
        "ftp://receiver.invalid/", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data/",
        "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://localhost./",
        "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/", "https://receiver.invalid:0/",
        "https://receiver.invalid:99999/",
        "https://receiver.invalid/ x", "https://\uff11\uff12\uff17.0.0.1/", "javascript:alert(1)",
        "https:\\\\receiver.invalid", "https://a..b/", "https://xn--/", "https://receiver.invalid/#x",
    ],
)  # fmt: skip
async def test_an_address_that_is_never_called_is_refused(client: httpx.AsyncClient, url: str) -> None:
    [(pointer, _)] = await problems(client, webhook(url=url))

    assert pointer == "/url"


async def test_an_account_has_a_hundred_at_most(client: httpx.AsyncClient, superuser: Any) -> None:
    await superuser.execute(FILL, 99)
    await make(client)
    refused = await client.post("/webhooks", json=webhook(), headers=PROBLEM)

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:listingapi:problem:too-many-webhooks")


async def test_a_deleted_webhook_is_gone_with_its_log(client: httpx.AsyncClient) -> None:
    made = await make(client)
    path = f"/webhooks/{made['id']}"

    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert (await client.get(f"{path}/deliveries")).status_code == 404
    assert (await client.post(f"{path}/deliveries/1/replay")).status_code == 404
    assert (await client.post(f"{path}/secrets")).status_code == 404
    assert (await client.get("/webhooks")).json() == []


async def test_webhooks_of_another_account_are_not_there(database: TestDatabase, clock: Clock) -> None:
    settings = database.settings(anonymous_scopes=frozenset({Scope.LISTINGS_READ}))
    async with client_of(settings, clock) as client, Accounts.on(database) as accounts:
        owner = await accounts.key(await accounts.add("owner", "portal"), scopes={Scope.WEBHOOKS_WRITE})
        other = await accounts.key(await accounts.add("other"))
        path = (await client.post("/webhooks", json=webhook(), headers=owner)).headers["location"]
        answers = [
            await client.request(method, f"{path}{below}", headers=other, json=body)
            for method, below, body in [
                ("GET", "", None), ("PATCH", "", {"state": "paused"}), ("DELETE", "", None), ("POST", "/secrets", None),
                ("GET", "/deliveries", None), ("POST", "/deliveries/1/replay", None),
            ]
        ]  # fmt: skip
        kept = await client.get(path, headers=owner)
        listed = await client.get("/webhooks", headers=other)

    assert {answer.status_code for answer in answers} == {404}
    assert kept.json()["state"] == "active"
    assert listed.json() == []


async def test_the_audit_trail_names_the_host_and_nothing_secret(client: httpx.AsyncClient) -> None:
    made = await make(client, url="https://receiver.invalid/hook?token=canary-1")
    await client.patch(f"/webhooks/{made['id']}", json={"state": "paused"})
    await client.post(f"/webhooks/{made['id']}/secrets")
    await client.delete(f"/webhooks/{made['id']}")
    entries = (await client.get("/audit")).json()

    assert [entry["operation"] for entry in entries] == [
        "delete-webhook", "post-webhook-secrets", "patch-webhook", "post-webhooks",
    ]  # fmt: skip
    assert all(entry["details"] == {"webhook_id": made["id"], "host": "receiver.invalid"} for entry in entries)


async def test_listings_are_no_part_of_it(client: httpx.AsyncClient) -> None:
    await client.post("/listings", json=factories.listing())

    assert (await make(client, listing_id="1"))["listing_id"] == 1
