"""Browsers on other origins may write safely: send keys and versions, and read what they are told back."""

import re

import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.openapi import document

ORIGIN = {"Origin": "https://agency.example"}
ANY = frozenset({"*"})
LISTED = frozenset({ORIGIN["Origin"], "https://portal.example:8443"})
HEADERS = "content-type, idempotency-key, if-match, if-none-match"
TOLD = {
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-Id",
}
OPERATIONS = sorted(
    (method.upper(), path) for path, operations in document()["paths"].items() for method in operations
)  # fmt: skip


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_every_operation_is_open_to_other_origins(client: httpx.AsyncClient, method: str, path: str) -> None:
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": HEADERS}
    answer = await client.options(path.replace("{", "").replace("}", ""), headers=ORIGIN | asked)

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] in {"*", ORIGIN["Origin"]}
    assert method in answer.headers["access-control-allow-methods"].split(", ")
    granted = {name.strip().lower() for name in answer.headers["access-control-allow-headers"].split(",")}
    assert set(HEADERS.split(", ")) <= granted


async def test_what_a_safe_client_has_to_know_is_exposed(client: httpx.AsyncClient) -> None:
    headers = ORIGIN | {"Idempotency-Key": "a"}
    created = await client.post("/listings", json=factories.listing(), headers=headers)
    replayed = await client.post("/listings", json=factories.listing(), headers=headers)
    refused = await client.delete("/listings/1", headers=ORIGIN | {"If-Match": '"7"'})

    assert (created.status_code, replayed.status_code, refused.status_code) == (201, 201, 412)
    for answer in (created, replayed, refused):
        assert answer.headers["access-control-allow-origin"] in {"*", ORIGIN["Origin"]}
        assert set(answer.headers["access-control-expose-headers"].split(", ")) >= TOLD


@pytest.mark.parametrize("origins", [ANY, LISTED], ids=["any origin", "listed origins"])
async def test_what_refuses_before_there_is_a_route_can_be_read_too(
    database: TestDatabase, clock: Clock, origins: frozenset[str]
) -> None:
    settings = database.settings(
        cors_origins=origins,
        trusted_hosts=frozenset({"test"}),
        anonymous_scopes=frozenset(),
        address_writes_per_minute=1,
    )
    async with client_of(settings, clock) as client:
        answers = [
            await client.get("/listings", headers=ORIGIN),
            await client.get("/listings", headers=ORIGIN | {"Authorization": "Bearer wrong"}),
            await client.get("/listings", headers=ORIGIN | {"Host": "other.example"}),
            await client.get("/nothing", headers=ORIGIN),
            *[await client.post("/listings", json={}, headers=ORIGIN) for _ in range(2)],
        ]

    assert [answer.status_code for answer in answers] == [401, 401, 400, 404, 401, 429]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] in {"*", ORIGIN["Origin"]}
        assert set(answer.headers["access-control-expose-headers"].split(", ")) >= TOLD


async def test_preflights_need_no_credentials_and_are_not_counted(database: TestDatabase, clock: Clock) -> None:
    settings = database.settings(
        anonymous_scopes=frozenset(),
        address_reads_per_minute=1,
        address_writes_per_minute=1,
        failed_logins_per_minute=1,
    )
    async with client_of(settings, clock) as client:
        for _ in range(5):
            asked = ORIGIN | {
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization",
            }
            answer = await client.options("/listings", headers=asked)
            assert answer.status_code == 204
            assert "authorization" in answer.headers["access-control-allow-headers"].split(", ")
            assert "POST" in answer.headers["access-control-allow-methods"].split(", ")


@pytest.mark.parametrize("path", ["/listings", "/nothing", "/docs"])
async def test_listed_origins_may_read_answers_and_caches_tell_them_apart(
    database: TestDatabase, clock: Clock, path: str
) -> None:
    async with client_of(database.settings(cors_origins=LISTED), clock) as client:
        for origin in LISTED:
            answer = await client.get(path, headers={"Origin": origin})
            assert answer.headers["access-control-allow-origin"] == origin
            assert "access-control-allow-credentials" not in answer.headers
            assert answer.headers["vary"] == "Origin"
        assert (await client.get(path)).headers["vary"] == "Origin"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example", "http://agency.example", "https://agency.example:444", "https://agency.example.evil",
        "https://evil-agency.example", "HTTPS://AGENCY.EXAMPLE", "null", "*", "", "https://agency.example, https://x",
        "https://agency_example", ".*",
    ],
)  # fmt: skip
async def test_any_other_origin_is_granted_nothing(database: TestDatabase, clock: Clock, origin: str) -> None:
    """A preflight is answered all the same: what it does not grant, the browser refuses."""
    async with client_of(database.settings(cors_origins=LISTED), clock) as client:
        asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
        answers = [
            await client.get("/listings", headers={"Origin": origin}),
            await client.options("/listings", headers=asked),
        ]

    assert [answer.status_code for answer in answers] == [200, 204]
    for answer in answers:
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["vary"] == "Origin"


async def test_any_origin_may_read_also_what_a_cache_kept_for_another(client: httpx.AsyncClient) -> None:
    for headers in ({}, ORIGIN, {"Origin": "null"}):
        answer = await client.get("/listings", headers=headers)
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]
        assert "vary" not in answer.headers
        assert "access-control-allow-credentials" not in answer.headers


async def test_a_question_for_the_methods_is_no_preflight(client: httpx.AsyncClient) -> None:
    answer = await client.options("/listings", headers=ORIGIN)

    assert answer.status_code == 204
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("asked", ["", ",,,", "x-a,,x-b", "\xff", "x y", 'x"; drop', "a:b", "x" * 20_000])
async def test_odd_preflights_are_answered(client: httpx.AsyncClient, asked: str) -> None:
    headers = ORIGIN | {"Access-Control-Request-Method": "x\xff", "Access-Control-Request-Headers": asked}
    answer = await client.options("/listings", headers=[(n.encode(), v.encode("latin-1")) for n, v in headers.items()])

    assert answer.status_code == 204
    assert re.fullmatch(r"[\w-]+(, [\w-]+)*", answer.headers["access-control-allow-headers"], re.ASCII)
