"""Every error has one shape: `APIError` by default, RFC 9457 for clients that ask for it."""

import httpx
import pytest

from listingapi.access.scopes import Scope
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of

PROBLEM_JSON = "application/problem+json"
JSON = {"content-type": "application/json"}

WRONG: dict[int, tuple[str, str, bytes, dict[str, str]]] = {
    400: ("POST", "/listings", b"{", JSON),
    404: ("GET", "/listings/7/prices", b"", {}),
    405: ("DELETE", "/listings", b"", {}),
    413: ("POST", "/listings", b" " * (1024 * 1024 + 1), JSON),
    415: ("POST", "/listings", b"name=x", {"content-type": "application/x-www-form-urlencoded"}),
    422: ("POST", "/listings", b"{}", JSON),
}


async def send(client: httpx.AsyncClient, status: int, **headers: str) -> httpx.Response:
    method, path, body, own_headers = WRONG[status]
    response = await client.request(method, path, content=body, headers=own_headers | headers)
    assert response.status_code == status
    return response


@pytest.mark.parametrize("status", WRONG)
@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html", "", "nonsense;;,", f"{PROBLEM_JSON};q=0"])
async def test_an_error_is_a_message_by_default(client: httpx.AsyncClient, status: int, accept: str) -> None:
    response = await send(client, status, accept=accept)

    assert response.headers["content-type"] == "application/json"
    assert response.json().keys() == {"message"}
    assert response.json()["message"]


@pytest.mark.parametrize("status", WRONG)
@pytest.mark.parametrize(
    "accept", [PROBLEM_JSON, PROBLEM_JSON.upper(), f"application/json;q=0.9, {PROBLEM_JSON}", f"{PROBLEM_JSON};q=0.1"]
)
async def test_an_error_is_a_problem_on_request(client: httpx.AsyncClient, status: int, accept: str) -> None:
    response = await send(client, status, accept=accept)

    assert response.headers["content-type"] == PROBLEM_JSON
    problem = response.json()
    assert problem["status"] == status
    assert problem.keys() - {"errors"} == {"type", "title", "status", "detail"}
    assert ("errors" in problem) == (status == 422)
    assert problem["detail"] == (await send(client, status)).json()["message"]


@pytest.mark.parametrize("status", WRONG)
async def test_an_error_can_be_read_from_another_origin(client: httpx.AsyncClient, status: int) -> None:
    response = await send(client, status, origin="https://portal.example")

    assert response.headers["access-control-allow-origin"] == "*"


async def test_a_problem_of_a_body_points_at_each_wrong_field(client: httpx.AsyncClient) -> None:
    given = factories.listing(**{"rooms_count": "many", "a/b~c": 1})
    response = await client.post("/listings", json=given, headers={"accept": PROBLEM_JSON})

    assert response.json() == {
        "type": "urn:listingapi:problem:invalid-request",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "rooms_count must be an integer from 1 to 999999999; a/b~c is not a known property",
        "errors": [
            {"pointer": "/rooms_count", "detail": "must be an integer from 1 to 999999999"},
            {"pointer": "/a~1b~0c", "detail": "is not a known property"},
        ],
    }


async def test_a_caller_without_the_scope_is_401(database: TestDatabase, clock: Clock) -> None:
    reader = database.settings(anonymous_scopes=frozenset({Scope.LISTINGS_READ}))
    async with client_of(reader, clock) as client:
        assert (await client.get("/listings")).status_code == 200
        response = await client.post("/listings", json=factories.listing())

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert "listings:write" in response.json()["message"]
