"""Which credentials an operation takes, and which scope it needs, as the OpenAPI document says it."""

from collections.abc import Iterator, Sequence
from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute

from listingapi.access.scopes import Scope

SCHEME = "bearer"
SCHEMES = {
    SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key (`lst_…`), or a token (JWT) of the deployment's identity provider. What a caller "
        "without credentials may do is a setting of the deployment: all on a machine of its own, else nothing.",
    }
}


def scopes_of(app: Litestar) -> dict[str, Sequence[Scope]]:
    """The scopes of which each operation needs one, by its id; they are what guards the route."""
    return {
        str(handler.operation_id): scopes
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for scopes in _scopes(handler.resolve_guards())
    }


def describe_security(operation: dict[str, Any], scopes: Sequence[Scope]) -> None:
    """Declare the scopes of which an operation needs one, if any; a caller without credentials may have it, too."""
    operation["security"] = [*({SCHEME: [scope]} for scope in scopes), {}] if scopes else [{SCHEME: []}, {}]
    if not scopes:
        return
    named = " or ".join(f"`{scope}`" for scope in scopes)
    operation["description"] = f"{operation['description']}\n\nNeeds the scope {named}."


def _scopes(guards: Any) -> Iterator[Sequence[Scope]]:
    for guard in guards:  # each in a wrapper of the framework's
        if (scopes := getattr(guard.func, "scopes", None)) is not None:
            yield scopes
