"""What a caller may do."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal


class Scope(StrEnum):
    """A right that a route asks for."""

    LISTINGS_READ = "listings:read"
    LISTINGS_WRITE = "listings:write"
    PRICES_WRITE = "prices:write"
    PRICES_CORRECT = "prices:correct"
    RULES_WRITE = "rules:write"
    EVENTS_READ = "events:read"
    WEBHOOKS_WRITE = "webhooks:write"
    ACCOUNTS_ADMIN = "accounts:admin"


Kind = Literal["agency", "portal", "operator"]

# The most that credentials of an account may do. A change of its kind holds for the credentials that it has.
MAY_HAVE: Mapping[Kind, frozenset[Scope]] = {
    "agency": frozenset(Scope) - {Scope.PRICES_CORRECT, Scope.ACCOUNTS_ADMIN},
    "portal": frozenset({Scope.LISTINGS_READ, Scope.EVENTS_READ, Scope.WEBHOOKS_WRITE}),
    "operator": frozenset(Scope),
}
