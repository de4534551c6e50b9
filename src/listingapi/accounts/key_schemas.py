"""The bodies of the operations on API keys."""

from datetime import UTC
from typing import Annotated, Any, Self

from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.access.scopes import Scope
from listingapi.accounts.names import Name
from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.wire import Body, Timestamp, must

Id = Annotated[int, Meta(ge=0)]
Scopes = Annotated[
    list[Scope], must(f"an array of one or more of {', '.join(Scope)}", min_length=1, max_length=len(Scope))
]
ExpiresDate = Annotated[Timestamp, must("a date and time with its offset, as RFC 3339 has it")]


class APIKeyWrite(Body, forbid_unknown_fields=True, kw_only=True):
    """A new API key. Left out, its `scopes` are all that the kind of its account may have."""

    name: Name
    scopes: Scopes | UnsetType = UNSET
    expires_date: ExpiresDate | UnsetType = UNSET

    @classmethod
    def read(cls, value: Any) -> Self:
        """Read a key; the date becomes one in UTC."""
        written = super().read(value)
        if written.expires_date is not UNSET:
            try:
                written.expires_date = written.expires_date.astimezone(UTC)
            except OverflowError:
                raise InvalidRequest([FieldProblem("/expires_date", "must be within the years 1 to 9999")]) from None
        return written


class APIKey(Struct, forbid_unknown_fields=True, kw_only=True):
    """An API key as it is answered: all but the key itself. `hint` is how it begins."""

    id: Id
    name: str
    hint: str
    scopes: list[Scope]
    created_date: Timestamp
    created_by: str
    expires_date: Timestamp | UnsetType = UNSET
    last_used_date: Timestamp | UnsetType = UNSET
    revoked_date: Timestamp | UnsetType = UNSET


class NewAPIKey(APIKey, forbid_unknown_fields=True, kw_only=True):
    """An API key with the `key` itself, which nobody is told again: a repeated request is answered without it."""

    key: str | UnsetType = UNSET
