"""Every operation and every caller: the cells of the matrix in docs/authorization.md, each tried on a real server."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from litestar.routes import HTTPRoute

from listingapi.access import keys
from listingapi.access.credentials import Credentials
from listingapi.access.scopes import Scope
from listingapi.app import create_litestar, utc_now
from listingapi.hot.reads import HotReads
from listingapi.infra.database import Database
from listingapi.infra.limits import LocalLimits
from listingapi.settings import Settings
from listingapi.web.routes import PLAIN
from tests.accounts import Accounts, bearer
from tests.authorization import REQUESTS, Request, Stage
from tests.conftest import TestDatabase
from tests.issuer import Issuer, issuing
from tests.openapi import check, document
from tests.servers import serving
from tests.signing import es256_key
from tests.until import PATIENCE_SECONDS

PAGE = Path(__file__).parents[2] / "docs" / "authorization.md"
ROW = re.compile(r"^\| `([a-z-]+)` \| (none|`[a-z:]+`(?: or `[a-z:]+`)*) \|((?: \d{3} \|)+)$", re.MULTILINE)
COLUMNS = ("anonymous", "public", "wrong", "owner", "reader", "other", "portal", "operator")

MATRIX = {
    operation: dict(zip(COLUMNS, map(int, re.findall(r"\d{3}", cells)), strict=True))
    for operation, _, cells in ROW.findall(PAGE.read_text())
}
SCOPES = {operation: re.findall("[a-z]+:[a-z]+", scopes) for operation, scopes, _ in ROW.findall(PAGE.read_text())}

# Which column of the matrix a caller is answered by.
CALLERS = {
    "anonymous": "anonymous",
    "public": "public",
    "owner": "owner",
    "token of the owner": "owner",
    "reader": "reader",
    "other": "other",
    "portal": "portal",
    "operator": "operator",
    "mistyped": "wrong",
    "unknown": "wrong",
    "expired": "wrong",
    "revoked": "wrong",
    "suspended": "wrong",
    "expired token": "wrong",
    "basic": "wrong",
}

DECLARED = {
    operation["operationId"]: operation
    for operations in document()["paths"].values()
    for operation in operations.values()
}


@pytest.fixture(scope="module")
def stage(create_database: Callable[[], TestDatabase]) -> Iterator[Stage]:
    """Two servers on one database, the second open to the public, and credentials for every caller."""
    database = create_database()
    with ExitStack() as stack:
        issuer = stack.enter_context(issuing(es256_key()))

        def url(granted: frozenset[Scope]) -> str:
            settings = database.settings(anonymous_scopes=granted, **issuer.settings)
            return stack.enter_context(serving(environment=settings.as_environment())).url

        closed, public = url(frozenset()), url(frozenset({Scope.LISTINGS_READ}))
        client = stack.enter_context(httpx.Client(timeout=PATIENCE_SECONDS, event_hooks={"response": [_validate]}))
        urls = {caller: public if column in {"public", "wrong"} else closed for caller, column in CALLERS.items()}
        yield Stage(client, urls, asyncio.run(_headers(database, issuer)))


def _validate(response: httpx.Response) -> None:
    response.read()
    check(response)


async def _headers(database: TestDatabase, issuer: Issuer) -> dict[str, dict[str, str]]:
    now, every_scope = datetime.now(UTC), " ".join(Scope)
    async with Accounts.on(database) as accounts:
        owner, suspended = await accounts.add("owner"), await accounts.add("suspended")
        headers = {
            "anonymous": {},
            "public": {},
            "owner": await accounts.key(owner),
            "reader": await accounts.key(owner, scopes={Scope.LISTINGS_READ}),
            "other": await accounts.key(await accounts.add("other")),
            "portal": await accounts.key(await accounts.add("portal", "portal")),
            "operator": await accounts.key(await accounts.add("operator", "operator")),
            "unknown": bearer(keys.new_key()),
            "expired": await accounts.key(owner, expires_date=now - timedelta(seconds=1)),
            "revoked": await accounts.key(owner, revoked_date=now),
            "suspended": await accounts.key(suspended),
            "token of the owner": bearer(issuer.token(now, owner, scope=every_scope, exp=now.timestamp() + 3600)),
            "expired token": bearer(issuer.token(now, owner, scope=every_scope, exp=now.timestamp() - 3600)),
            "basic": {"Authorization": "Basic b3duZXI6b3duZXI="},
        }
        await accounts.suspend(suspended)
    return headers | {"mistyped": {name: value[:-1] + "_" for name, value in headers["owner"].items()}}


def test_every_operation_is_in_the_matrix() -> None:
    assert MATRIX.keys() == DECLARED.keys() == REQUESTS.keys()


def test_there_are_no_routes_beside_the_matrix_but_docs_probes_pages_and_what_is_crawled() -> None:
    database = Database(pool_size=1)
    credentials = Credentials(database, utc_now, tokens=None)
    app = create_litestar(Settings(), database, HotReads(0), credentials, LocalLimits())
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    operations = {str(handler.operation_id) for route in routes for handler in route.route_handlers} - {"None"}
    others = {route.path for route in routes if not any(handler.operation_id for handler in route.route_handlers)}

    assert operations == MATRIX.keys()
    docs = {"/docs", "/docs/start.js", "/docs/assets/{name:str}", "/openapi.json"}
    markets = {"/markets", "/markets/{country:str}/{city:str}/{building_type:str}"}
    pages = {"/", "/{given_id:str}/prices", *PLAIN, *markets}
    crawled = {"/robots.txt", "/sitemap.xml", "/sitemaps/{name:str}"}
    assert others - pages - crawled == {*docs, "/livez", "/readyz", "/metrics"}


@pytest.mark.parametrize("operation", sorted(DECLARED))
def test_the_document_and_the_matrix_name_the_same_scopes(operation: str) -> None:
    needed = [{"bearer": [scope]} for scope in SCOPES[operation]] or [{"bearer": []}]

    assert DECLARED[operation]["security"] == [*needed, {}]


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("operation", sorted(MATRIX))
def test_the_answer_is_that_of_the_matrix(stage: Stage, operation: str, caller: str) -> None:
    answer = stage.send(caller, REQUESTS[operation])

    assert answer.status_code == MATRIX[operation][CALLERS[caller]], answer.text


@pytest.mark.parametrize(
    "operation", [name for name, request in REQUESTS.items() if request.method not in {"GET", "HEAD"}]
)
def test_each_write_leaves_an_entry_that_names_who_it_was(stage: Stage, operation: str) -> None:
    caller = "owner" if MATRIX[operation]["owner"] < 300 else "operator"
    request = Request("GET", f"/audit?operation={operation}&limit=1000")

    before = stage.send("operator", request).json()
    answer = stage.send(caller, REQUESTS[operation])
    after = stage.send("operator", request).json()

    assert answer.is_success
    assert len(after) > len(before)
    assert after[0]["actor"].startswith("key ")


@pytest.mark.parametrize("caller", [caller for caller, column in CALLERS.items() if column == "wrong"])
def test_wrong_credentials_are_refused_with_one_body_for_every_reason(stage: Stage, caller: str) -> None:
    answer = stage.send(caller, REQUESTS["get-listings"])

    assert answer.json() == {
        "message": "These credentials are not valid: send an API key or a token of the identity provider that is."
    }
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
