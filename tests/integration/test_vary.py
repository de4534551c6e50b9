"""What answers depend on stands in one line, which nginx 1.22 takes for all of it: it heeds the last alone."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from listingapi.access.scopes import Scope
from tests import factories
from tests.accounts import Headers, key_of_an_agency
from tests.behind import client_of
from tests.conftest import TestDatabase
from tests.nginx import nginx_before
from tests.servers import ServeProcess, serving
from tests.sockets import Answer, exchange
from tests.until import PATIENCE_SECONDS

READ = frozenset({Scope.LISTINGS_READ})
ORIGINS = ("https://a.example", "https://b.example")
HITS = 10
PREFLIGHT = (f"Origin: {ORIGINS[0]}", "Access-Control-Request-Method: PUT")


@pytest.fixture(scope="module")
def database(own_database: TestDatabase) -> TestDatabase:
    return own_database


@pytest.fixture(scope="module")
def key(database: TestDatabase) -> Headers:
    return key_of_an_agency(database)


@pytest.fixture(scope="module")
def server(database: TestDatabase, key: Headers) -> Iterator[ServeProcess]:
    """One with a listing, which anybody may read, from the pages of two other origins."""
    settings = database.settings(anonymous_scopes=READ, cors_origins=frozenset(ORIGINS))
    with serving(environment=settings.as_environment()) as server:
        made = httpx.post(f"{server.url}/listings", json=factories.listing(), headers=key, timeout=PATIENCE_SECONDS)
        assert made.status_code == HTTPStatus.CREATED
        yield server


def ask(server: ServeProcess, asked: str, *lines: str) -> Answer:
    head = "\r\n".join((f"{asked} HTTP/1.1", "Host: localhost", *lines, "", ""))
    return exchange(server.address, head.encode())


@pytest.mark.parametrize("has_key", [False, True], ids=["anybody", "with credentials"])
@pytest.mark.parametrize(
    ("expected", "asked"),
    [
        pytest.param(200, ("GET /listings/1",), id="a listing"),
        pytest.param(304, ("GET /listings/1", 'If-None-Match: "1"'), id="a listing that the client has"),
        pytest.param(200, ("GET /listings/1", f"Origin: {ORIGINS[0]}"), id="a listing for another origin"),
        pytest.param(200, ("GET /listings/1/prices",), id="a history"),
        pytest.param(304, ("GET /listings/1/prices", 'If-None-Match: "1"'), id="a history that the client has"),
        pytest.param(200, ("GET /listings/1/prices", "Accept: text/csv"), id="a history as CSV"),
        pytest.param(200, ("HEAD /listings/1/prices",), id="the head of a history"),
        pytest.param(200, ("GET /listings?limit=1",), id="a page of a list"),
        pytest.param(200, ("GET /readyz",), id="a probe"),
        pytest.param(404, ("GET /listings/2",), id="what is not there"),
        pytest.param(404, ("GET /nothing", "Accept: text/html"), id="what never was there, for a browser"),
        pytest.param(422, ("GET /listings?limit=x",), id="an error"),
        pytest.param(400, ("GET /listings", "nonsense"), id="what is no HTTP"),
        pytest.param(204, ("OPTIONS /listings", *PREFLIGHT), id="a preflight"),
    ],
)
def test_an_answer_has_one_line_of_what_it_depends_on(
    server: ServeProcess, key: Headers, expected: int, asked: tuple[str, ...], *, has_key: bool
) -> None:
    own = [f"{name}: {value}" for name, value in key.items()] if has_key else []
    for _ in range(3):  # what was read before is answered from bytes that are kept
        answer = ask(server, *asked, *own)

        assert answer.status == expected
        [varies] = answer.headers.get_all("vary") or []
        assert "Origin" in varies.split(", ")


def test_caches_tell_forms_and_origins_apart_where_origins_are_listed(server: ServeProcess, tmp_path: Path) -> None:
    service, hits, deadline = "{}:{}".format(*server.address), 0, time.monotonic() + PATIENCE_SECONDS
    forms = ("text/csv", "application/json")
    askings = [{"Accept": form, "Origin": origin} for form in forms for origin in ORIGINS]
    with ExitStack() as stack:
        client = stack.enter_context(client_of(stack.enter_context(nginx_before(tmp_path, service, service))))
        while hits < HITS:
            assert time.monotonic() < deadline
            for asking in askings:
                for path in ("/listings/1/prices", "/listings/1/prices?limit=5"):
                    answer = client.get(path, headers=asking)
                    assert answer.headers["content-type"].partition(";")[0] == asking["Accept"]
                    assert answer.headers["access-control-allow-origin"] == asking["Origin"]
                    hits += answer.headers["cache-status"] == "listingapi; hit"
