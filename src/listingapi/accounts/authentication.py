"""Who calls, and whether they may."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from listingapi.accounts.scopes import Scope
from listingapi.errors import NotAuthenticated

DEFAULT_ACCOUNT_ID = 1

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever made a request: the account that they act for, and what they may do."""

    account_id: int
    scopes: frozenset[Scope]


def anonymous(scopes: frozenset[Scope]) -> Caller:
    """A caller without credentials; what they create belongs to the default account."""
    return Caller(DEFAULT_ACCOUNT_ID, scopes)


def requires(scope: Scope) -> Guard:
    """Guard a route: only callers with this scope pass."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        caller: Caller = connection.app.state.anonymous
        if scope not in caller.scopes:
            raise NotAuthenticated(
                f"This needs credentials with the scope {scope}; a caller without credentials does not have it.",
                headers={"WWW-Authenticate": "Bearer"},
            )

    return guard


def caller_of(request: Request[Any, Any, Any]) -> Caller:
    """The caller of a request."""
    caller: Caller = request.app.state.anonymous
    return caller
