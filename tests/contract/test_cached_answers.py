"""Which answers a cache for all may keep: of every read there is, and for every kind of caller."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from listingapi.access.scopes import MAY_HAVE, Scope
from tests.accounts import Accounts, Headers
from tests.authorization import REQUESTS, Request, Stage
from tests.conftest import TestDatabase
from tests.openapi import document
from tests.servers import serving
from tests.until import PATIENCE_SECONDS

SHARED = frozenset(
    {
        "get-listing", "get-listings", "get-listing-prices", "get-listing-price-at", "get-listing-price-summary",
        "get-market-statistics",
    }
)  # fmt: skip
PAGES = sorted(SHARED - {"get-listing", "get-listing-prices"})
READS = [
    operation["operationId"]
    for operations in document()["paths"].values()
    for method, operation in operations.items()
    if method == "get"
]
NOT_KEPT = ({"no-store"}, {"private", "no-store"})


@pytest.fixture(scope="module")
def stage(create_database: Callable[[], TestDatabase]) -> Iterator[Stage]:
    """A server that anybody may read from, and one where anybody may do all."""
    database = create_database()
    with ExitStack() as stack:

        def url(granted: frozenset[Scope]) -> str:
            settings = database.settings(anonymous_scopes=granted)
            return stack.enter_context(serving(environment=settings.as_environment())).url

        client = stack.enter_context(httpx.Client(timeout=PATIENCE_SECONDS))
        public, free = url(frozenset({Scope.LISTINGS_READ})), url(frozenset(Scope))
        agency, operator = asyncio.run(_keys(database))
        yield Stage(
            client,
            {"owner": public, "operator": public, "anybody": public, "anonymous writer": free},
            {"owner": agency, "operator": operator, "anybody": {}, "anonymous writer": {}},
        )


async def _keys(database: TestDatabase) -> tuple[Headers, Headers]:
    async with Accounts.on(database) as accounts:
        agency, operator = await accounts.add("agency"), await accounts.add("operator", kind="operator")
        return (
            await accounts.key(agency, scopes=MAY_HAVE["agency"]),
            await accounts.key(operator, scopes=MAY_HAVE["operator"]),
        )


def directives(answer: httpx.Response) -> set[str]:
    [value] = answer.headers.get_list("cache-control")
    return {directive.strip() for directive in value.split(",")}


def test_what_may_be_shared_are_reads() -> None:
    assert set(READS) >= SHARED


@pytest.mark.parametrize("operation", READS)
def test_only_what_is_the_same_for_everybody_is_shared_with_anybody(stage: Stage, operation: str) -> None:
    answer = stage.send("anybody", _made(stage, operation))

    if operation in SHARED:
        assert answer.status_code == 200
        assert directives(answer) >= {"public", "s-maxage=1", "max-age=0"}
    else:
        assert directives(answer) in NOT_KEPT


@pytest.mark.parametrize("operation", READS)
@pytest.mark.parametrize("caller", ["owner", "operator"])
def test_what_is_answered_to_credentials_is_never_shared(stage: Stage, caller: str, operation: str) -> None:
    assert directives(stage.send(caller, _made(stage, operation))) in NOT_KEPT


@pytest.mark.parametrize("operation", PAGES)
def test_who_may_write_without_credentials_is_answered_for_themselves(stage: Stage, operation: str) -> None:
    assert directives(stage.send("anonymous writer", _made(stage, operation))) in NOT_KEPT


@pytest.mark.parametrize("operation", PAGES)
def test_what_is_shared_is_parted_from_what_credentials_get(stage: Stage, operation: str) -> None:
    answer = stage.send("anybody", _made(stage, operation))

    assert "Authorization" in answer.headers["vary"]


def _made(stage: Stage, operation: str) -> Request:
    """The request of an operation, with what has to be there for it."""
    request = REQUESTS[operation]
    if not request.path.startswith("{"):
        return request
    made = stage.send("owner", request)
    return Request(request.method, made.request.url.raw_path.decode())
