"""A request with an `Idempotency-Key` takes effect once (draft-ietf-httpapi-idempotency-key-header)."""

from typing import Any

import httpx
import pytest

from tests.clock import Clock
from tests.history import assert_histories_are_whole
from tests.integration.idempotency.writes import WRITES, of, send, state_of
from tests.openapi import document

NUMBERS = ("latest_price_eur", "price_eur", "min_interval_seconds")


def another(body: dict[str, Any]) -> dict[str, Any]:
    """A body that the same operation takes, but another one."""
    if "prices" in body:
        return {"prices": [None, None]}
    if "url" in body:
        return body | {"url": f"{body['url']}/another"}
    changed: dict[str, Any] = {name: body[name] + 1 for name in NUMBERS if name in body}
    return body | changed | ({"name": "Another"} if "name" in body else {}) or {"latest_price_eur": 1}


async def disturb(client: httpx.AsyncClient) -> None:
    """Write what the answers were made of: withdraw, relist and reprice every listing."""
    for listing_id in (1, 2, 3):
        await client.delete(f"/listings/{listing_id}")
        await client.post(f"/listings/{listing_id}/relist", json={"latest_price_eur": 12_345})


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
