"""Who calls, and what they may do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import HTTPScope

from listingapi.access.scopes import Scope
from listingapi.errors import InsufficientScope, NotAuthenticated
from listingapi.infra.observation import observation_in

DEFAULT_ACCOUNT_ID = 1
ANONYMOUS = "anonymous"
COMMAND_LINE = "command line"
PLACE = "listingapi.caller"

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever made a request: the account that they act for, what they may do, and who they are.

    `actor` is `anonymous`, `key 7` or `user` and the subject of a token; `key_id` is that of their key. The rates are
    those that an operator set for the account, in requests a minute.
    """

    account_id: int
    scopes: frozenset[Scope]
    actor: str = ANONYMOUS
    key_id: int | None = None
    reads_per_minute: int | None = None
    writes_per_minute: int | None = None

    @property
    def is_anonymous(self) -> bool:
        """Whether they sent no credentials."""
        return self.actor == ANONYMOUS

    def need(self, *scopes: Scope) -> None:
        """See to it that the caller has one of some scopes; the first is the one that they are told to get.

        Raises:
            NotAuthenticated: they have none, and no credentials.
            InsufficientScope: their credentials have none.
        """
        if self.scopes.isdisjoint(scopes):
            raise NotAuthenticated(scopes[0]) if self.is_anonymous else InsufficientScope(scopes[0])


def anonymous(scopes: frozenset[Scope]) -> Caller:
    """A caller without credentials; what they create belongs to the default account."""
    return Caller(DEFAULT_ACCOUNT_ID, scopes)


def put_caller(scope: HTTPScope, caller: Caller) -> None:
    """Let a request have its caller."""
    cast("dict[str, Any]", scope)[PLACE] = caller
    if not caller.is_anonymous:
        observation_in(scope).account_id = caller.account_id


def caller_in(scope: HTTPScope) -> Caller:
    """The caller of a request that came through the gate."""
    return cast("Caller", cast("dict[str, Any]", scope)[PLACE])


def requires(*scopes: Scope) -> Guard:
    """Guard a route: only callers with one of these scopes pass; without any, everybody does."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        if scopes:
            caller_in(cast("HTTPScope", connection.scope)).need(*scopes)

    guard.scopes = scopes  # type: ignore[attr-defined]  # for the OpenAPI document
    return guard


def caller_of(request: Request[Any, Any, Any]) -> Caller:
    """The caller of a request."""
    return caller_in(request.scope)
