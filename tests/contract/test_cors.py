"""Browsers on other origins may write safely: send keys and versions, and read what they are told back."""

import httpx
import pytest

from tests import factories
from tests.openapi import document

ORIGIN = {"Origin": "https://agency.example"}
HEADERS = "content-type, idempotency-key, if-match, if-none-match"
TOLD = {"ETag", "Idempotency-Replayed", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After"}
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
