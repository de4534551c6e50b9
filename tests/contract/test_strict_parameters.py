"""An operation takes the query parameters that it declares, each once, and says so of any other."""

import httpx
import pytest

from tests import factories

PROBLEM = {"Accept": "application/problem+json"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/listings"),
        ("HEAD", "/listings"),
        ("POST", "/listings"),
        ("GET", "/listings/1"),
        ("PUT", "/listings/1"),
        ("PATCH", "/listings/1"),
        ("GET", "/listings/1/prices"),
    ],
)
async def test_an_unknown_parameter_is_422_on_every_operation(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    await client.post("/listings", json=factories.listing())
    response = await client.request(method, f"{path}?colour=red", json=factories.listing(), headers=PROBLEM)

    assert response.status_code == 422
    if method != "HEAD":
        [error] = response.json()["errors"]
        assert error["pointer"] == "?colour"
        assert error["detail"].startswith("is not a parameter here")
    assert len((await client.get("/listings")).json()) == 1, "nothing was written"


async def test_the_answer_says_which_parameters_there_are(client: httpx.AsyncClient) -> None:
    prices = (await client.get("/listings/1/prices?colour=red")).json()["message"]
    assert prices.startswith("colour is not a parameter here; there are cursor, ")
    assert ", limit" in prices

    listing = (await client.get("/listings/1?colour=red")).json()["message"]
    assert listing == "colour is not a parameter here; there are none"


async def test_every_odd_parameter_is_named(client: httpx.AsyncClient) -> None:
    response = await client.get("/listings?a=1&limit=1e2&cursor=x&cursor=x&b=2&b=3", headers=PROBLEM)

    assert response.status_code == 422
    assert [(error["pointer"], error["detail"].partition(";")[0]) for error in response.json()["errors"]] == [
        ("?a", "is not a parameter here"),
        ("?limit", "must be an integer in plain digits"),
        ("?cursor", "must be given only once"),
        ("?b", "is not a parameter here"),
    ]


@pytest.mark.parametrize(("path", "name"), [("/listings", "confirm"), ("/prices:batch", "dry_run")])
async def test_a_parameter_that_is_true_or_false_is_nothing_else(
    client: httpx.AsyncClient, path: str, name: str
) -> None:
    body = factories.listing() if path == "/listings" else {"prices": [None]}
    response = await client.post(f"{path}?{name}=yes", json=body, headers=PROBLEM)

    assert response.status_code == 422
    assert response.json()["detail"] == f"{name} must be true or false"
    assert response.json()["errors"] == [{"pointer": f"?{name}", "detail": "must be true or false"}]


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/docs/start.js"])
async def test_what_is_no_operation_of_the_api_takes_anything(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"{path}?colour=red")).status_code == 200
