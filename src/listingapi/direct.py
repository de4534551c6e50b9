"""Answers the writes that there are most of before the framework; whatever is not quite usual is left to that.

What is checked, in which order, and what is answered is what it would be otherwise: the routes of these operations call
the same use cases, and say in the OpenAPI document what they take.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, cast

from litestar.datastructures import State
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from listingapi.access.callers import caller_in
from listingapi.access.scopes import Scope as Permission
from listingapi.answers import AlreadyAnswered, Answer
from listingapi.bodies import read_body
from listingapi.errors import ListingNotFound, NotJSON
from listingapi.idempotency.attempts import attempt_in
from listingapi.infra.observation import observation_in
from listingapi.listings.schemas import ListingWrite
from listingapi.listings.service import ListingService
from listingapi.parameters import bigint_of
from listingapi.prices.change_schemas import PriceWrite
from listingapi.prices.change_service import PriceChangeService
from listingapi.rendering import BODY_ENDED, error_answer
from listingapi.settings import Settings
from listingapi.terms import Terms, terms_given

PATH = re.compile(r"/listings(?:/(?P<id>[0-9]{1,19})(?P<prices>/prices)?)?")
ALL, ONE, PRICES = "/listings", "/listings/{id}", "/listings/{id}/prices"
LENGTH = re.compile(rb"[1-9][0-9]{0,6}")
MEANT = frozenset((b"content-length", b"content-type", b"idempotency-key", b"if-match", b"transfer-encoding"))

Headers = Mapping[bytes, bytes]


class Operation(NamedTuple):
    """An operation on a listing: its id, its route, what it takes to be let in, the type of the body, and what it does.

    It is done to the listing of an id, which is None where there is none yet. The routes of the framework have ids,
    too: by these, errors are logged.
    """

    operation_id: str
    route: str
    needs: Permission
    body: Any
    run: Callable[[Any, Any, Terms], Awaitable[Answer]]


# By their methods and routes.
Operations = Mapping[tuple[str, str], Operation]


def operations_on_listings(listings: ListingService) -> Operations:
    """Those that write a listing itself."""

    async def create(_: None, data: ListingWrite, terms: Terms) -> Answer:
        return await listings.create(data, terms.attempt, is_confirmed=False)

    async def update(listing_id: int, data: ListingWrite, terms: Terms) -> Answer:
        return await listings.update(listing_id, data, terms, is_confirmed=False)

    async def patch(listing_id: int, data: Any, terms: Terms) -> Answer:
        return await listings.patch(listing_id, data, terms, is_confirmed=False)

    needs = Permission.LISTINGS_WRITE
    return {
        (HttpMethod.POST, ALL): Operation("post-listings", ALL, needs, ListingWrite, create),
        (HttpMethod.PUT, ONE): Operation("upsert-listing", ONE, needs, ListingWrite, update),
        (HttpMethod.PATCH, ONE): Operation("patch-listing", ONE, needs, dict, patch),
    }


def operations_on_prices(changes: PriceChangeService) -> Operations:
    """The one that writes its history."""

    async def append(listing_id: int, data: PriceWrite, terms: Terms) -> Answer:
        return await changes.append(listing_id, data, terms, is_confirmed=False)

    return {
        (HttpMethod.POST, PRICES): Operation("post-listing-prices", PRICES, Permission.PRICES_WRITE, PriceWrite, append)
    }


def direct_writes(app: ASGIApp, state: State, settings: Settings, *, largest_body: int) -> ASGIApp:
    """Those of the services that are served, by the use cases that the framework has, too; all else goes to `app`."""
    operations = {
        **(operations_on_listings(state.listings) if settings.only != "prices" else {}),
        **(operations_on_prices(state.changes) if settings.only != "listings" else {}),
    }
    return DirectWrites(app, operations, largest_body=largest_body, must_match=settings.require_if_match)


class DirectWrites:
    """Stands where it is known who calls, and that they may call so often."""

    def __init__(self, app: ASGIApp, operations: Operations, *, largest_body: int, must_match: bool) -> None:
        self._app = app
        self._operations = operations
        self._largest_body = largest_body
        self._must_match = must_match

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and not scope["query_string"] and (found := PATH.fullmatch(scope["path"])):
            operation = self._operations.get((scope["method"], _route(found)))
            given = self._usual(scope) if operation else None
            if operation and given:
                answer = await self._answer(operation, found["id"], given, scope, receive)
                await answer.send(send)
                return
        await self._app(scope, receive, send)

    def _usual(self, scope: HTTPScope) -> Headers | None:
        """The headers that matter, where none comes twice and the body is announced and not too long."""
        given: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in MEANT:
                if name in given:
                    return None
                given[name] = value
        length = given.get(b"content-length", b"")
        is_bounded = LENGTH.fullmatch(length) and int(length) <= self._largest_body
        return given if is_bounded and b"transfer-encoding" not in given else None

    async def _answer(
        self, operation: Operation, listing_id: str | None, given: Headers, scope: HTTPScope, receive: Receive
    ) -> Answer:
        observation_in(scope).route = operation.route
        cast("dict[str, Any]", scope)["route_handler"] = operation
        try:
            return await self._run(operation, listing_id, given, scope, receive)
        except AlreadyAnswered as answered:
            return answered.again()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is answered
            return error_answer(error, scope)

    async def _run(
        self, operation: Operation, listing_id: str | None, given: Headers, scope: HTTPScope, receive: Receive
    ) -> Answer:
        caller = caller_in(scope)
        caller.need(operation.needs)
        body = await _body(receive)
        data = read_body(body, _text(given, b"content-type"), operation.body)
        known_id = None if listing_id is None else bigint_of(listing_id, ListingNotFound)
        attempt = attempt_in(scope, caller, operation.operation_id, _text(given, b"idempotency-key"), body)
        if known_id is None:
            return await operation.run(None, data, Terms(attempt))  # there is no version that it could be on
        terms = terms_given(attempt, _text(given, b"if-match"), must_match=self._must_match)
        return await operation.run(known_id, data, terms)


def _route(found: re.Match[str]) -> str:
    if found["id"] is None:
        return ALL
    return ONE if found["prices"] is None else PRICES


def _text(given: Headers, name: bytes) -> str | None:
    value = given.get(name)
    return None if value is None else value.decode("latin-1")


async def _body(receive: Receive) -> bytes:
    """The whole body; its length was announced, and the server holds the client to that.

    Raises:
        NotJSON: the connection ended before it did.
    """
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise NotJSON(BODY_ENDED)
        parts.append(message["body"])
        more = message["more_body"]
    return b"".join(parts)
