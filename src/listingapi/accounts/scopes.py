"""What a caller may do."""

from enum import StrEnum


class Scope(StrEnum):
    """A right that a route asks for."""

    LISTINGS_READ = "listings:read"
    LISTINGS_WRITE = "listings:write"
    RULES_WRITE = "rules:write"
