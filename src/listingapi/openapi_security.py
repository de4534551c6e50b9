"""Which credentials an operation takes, and which scope it needs, as the OpenAPI document says it."""

from collections.abc import Iterator
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


def scopes_of(app: Litestar) -> dict[str, Scope]:
    """The scope that each operation needs, by its id; it is what guards the route."""
    return {
        str(handler.operation_id): scope
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for scope in _scopes(handler.resolve_guards())
    }


def describe_security(operation: dict[str, Any], scope: Scope) -> None:
    """Declare the scope of an operation; a caller without credentials may have it, too."""
    operation["security"] = [{SCHEME: [scope]}, {}]
    operation["description"] = f"{operation['description']}\n\nNeeds the scope `{scope}`."


def _scopes(guards: Any) -> Iterator[Scope]:
    for guard in guards:  # each in a wrapper of the framework's
        if scope := getattr(guard.func, "scope", None):
            yield scope
