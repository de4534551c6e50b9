"""Requests have ids, and some of them a line in the log: JSON, with the route and the account, and no secret."""

import json
import re
from typing import Any

import httpx
import pytest

from listingapi.access.scopes import Scope
from tests import factories
from tests.accounts import Accounts, Headers
from tests.conftest import TestDatabase
from tests.servers import ServeProcess, serving

TRACE = "0af7651916cd43dd8448eb211c80319c"
MADE = re.compile(r"[0-9a-f]{32}")


def lines_of(server: ServeProcess) -> list[dict[str, Any]]:
    """What it has logged, all of it if it has ended; each line that is none of the announcement is JSON."""
    return [json.loads(line) for line in server.printed if line.startswith("{")]


def lines_about(server: ServeProcess, request_id: str) -> list[dict[str, Any]]:
    """What was logged of a request; a request that was answered has its line before its connection ends."""
    return [line for line in lines_of(server) if line.get("request_id") == request_id]


async def new_key(database: TestDatabase) -> tuple[int, Headers]:
    """An account, and a key of it."""
    async with Accounts.on(database) as accounts:
        account_id = await accounts.add("immo", "agency")
        return account_id, await accounts.key(account_id)


async def test_a_request_has_a_line_with_its_route_and_its_own_id(database: TestDatabase) -> None:
    settings = database.settings(log_share=1)
    account_id, key = await new_key(database)
    with serving(environment=settings.as_environment()) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            created = await client.post("/listings", json=factories.listing(), headers=key | {"X-Request-Id": "one-1"})
            read = await client.get("/listings/1/prices?limit=7", headers={"X-Request-Id": "two:2"})

    assert (created.headers["x-request-id"], read.headers["x-request-id"]) == ("one-1", "two:2")
    [written], [looked] = lines_about(server, "one-1"), lines_about(server, "two:2")
    # its level depends on how busy the machine is
    assert written.items() >= {
        ("event", "request_answered"), ("method", "POST"), ("route", "/listings"), ("status", 201),
        ("account_id", account_id),
    }  # fmt: skip
    assert looked["route"] == "/listings/{id}/prices"
    assert looked["milliseconds"] > 0
    assert "account_id" not in looked
    assert "limit" not in str(looked)


async def test_a_read_that_is_answered_early_has_the_same_line(database: TestDatabase) -> None:
    settings = database.settings(log_share=1)
    account_id, key = await new_key(database)
    with serving(environment=settings.as_environment()) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            created = await client.post("/listings", json=factories.listing(), headers=key)
            path, headers = f"/listings/{created.json()['id']}/prices", {"User-Agent": "test"} | key
            await client.get(path, headers=headers | {"X-Request-Id": "early"})
            await client.get(path, headers=headers | {"X-Request-Id": "ordinary", "X-Nobody-Knows": "it"})

    [early], [ordinary] = lines_about(server, "early"), lines_about(server, "ordinary")
    for own in ("request_id", "milliseconds", "timestamp", "level"):
        early.pop(own, None)
        ordinary.pop(own, None)
    assert early == ordinary
    assert early["account_id"] == account_id


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, MADE.pattern, id="a new one, if there is none"),
        pytest.param({"traceparent": f"00-{TRACE}-b7ad6b7169203331-00"}, TRACE, id="the trace, if it is part of one"),
        pytest.param({"traceparent": f"00-{TRACE}-0000000000000000-00"}, MADE.pattern, id="no trace that is none"),
        pytest.param({"X-Request-Id": "a" * 64}, "a{64}", id="up to 64 characters"),
        pytest.param({"X-Request-Id": "a" * 65}, MADE.pattern, id="and no more"),
        pytest.param({"X-Request-Id": 'a"b'}, MADE.pattern, id="nothing that would have to be escaped"),
        pytest.param({"X-Request-Id": ""}, MADE.pattern, id="nothing empty"),
        pytest.param([("X-Request-Id", "a"), ("X-Request-Id", "b")], MADE.pattern, id="not two"),
    ],
)
@pytest.mark.parametrize("path", ["/listings", "/nothing", "/livez"])
async def test_every_answer_tells_what_its_request_is_called(
    client: httpx.AsyncClient, path: str, headers: Any, expected: str
) -> None:
    answer = await client.get(path, headers=headers)

    assert re.fullmatch(expected, answer.headers["x-request-id"])
    assert answer.headers.get_list("x-request-id") == [answer.headers["x-request-id"]]


def test_what_is_logged_within_a_request_has_its_id(database: TestDatabase) -> None:
    with serving(environment=database.settings(log_share=0).as_environment()) as server:
        httpx.get(f"{server.url}/listings", headers={"X-Request-Id": "refused", "Authorization": "Bearer wrong"})

    assert [line["event"] for line in lines_about(server, "refused")] == ["credentials_refused"]


async def test_what_is_answered_from_memory_has_a_line_like_any_other(database: TestDatabase) -> None:
    """Callers who may read, and no more, get what is kept."""
    settings = database.settings(log_share=1, anonymous_scopes=frozenset({Scope.LISTINGS_READ}))
    _, key = await new_key(database)
    with serving(environment=settings.as_environment()) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            await client.post("/listings", json=factories.listing(), headers=key)
            answers = [await client.get("/listings/1", headers={"X-Request-Id": f"read-{n}"}) for n in range(5)]

    assert [answer.headers["x-request-id"] for answer in answers] == [f"read-{n}" for n in range(5)]
    for n in range(5):
        [line] = lines_about(server, f"read-{n}")
        assert (line["method"], line["route"], line["status"]) == ("GET", "/listings/{id}", 200)
