"""What the audit trail holds, and what may be asked of it."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.query import Time
from listingapi.wire import Timestamp, must

LARGEST_BIGINT = 2**63 - 1

Id = Annotated[int, Meta(ge=0)]
AskedId = Annotated[int, must(f"an integer from 0 to {LARGEST_BIGINT}", ge=0, le=LARGEST_BIGINT)]
Word = Annotated[
    str,
    must(
        "a string of 1 to 1000 characters, without NUL characters or lone surrogates",
        min_length=1,
        max_length=1000,
        pattern=r"^[^\x00\ud800-\udfff]+$",
        extra_json_schema={"x-pattern": r"^[^\x00]+$"},
    ),
]


class AuditEntry(Struct, forbid_unknown_fields=True, kw_only=True):
    """Who did what: `actor` acted for the account, by the operation of this id.

    `listing_id` and `version` say which listing was written, and the version that it got. `details` are plain values
    that depend on the operation.
    """

    id: Id
    created_date: Timestamp
    account_id: Id
    actor: str
    operation: str
    listing_id: Id | UnsetType = UNSET
    version: int | UnsetType = UNSET
    details: dict[str, Any] | UnsetType = UNSET


class AuditSearch(Struct, kw_only=True, forbid_unknown_fields=True):
    """Which entries are looked for; both ends of a time are included.

    A field has an underscore where the framework has something else by the name of the parameter.
    """

    account_id: Annotated[AskedId, Meta(description="The account that was acted for.")] | UnsetType = UNSET
    actor: (
        Annotated[Word, Meta(description="`anonymous`, `command line`, `key 7`, or `user` and the subject of a token.")]
        | UnsetType
    ) = UNSET
    operation: Annotated[Word, Meta(description="The id of an operation, such as `patch-listing`.")] | UnsetType = UNSET
    listing_id_: Annotated[AskedId, Meta(description="The listing that was written.")] | UnsetType = UNSET
    since: Annotated[Time, Meta(description="Done then or later.")] | UnsetType = UNSET
    until: Annotated[Time, Meta(description="Done then or earlier.")] | UnsetType = UNSET

    @property
    def given(self) -> dict[str, Any]:
        """What was asked for, by the names of the parameters."""
        fields = msgspec.structs.asdict(self).items()
        return {name.rstrip("_"): value for name, value in fields if value is not UNSET}

    @property
    def identity(self) -> Any:
        """What a cursor belongs to: only what was asked for, so that it stays the same when there are more filters."""
        return ("audit", {name: str(value) for name, value in self.given.items()})

    def check(self) -> None:
        """Refuse a time that is none.

        Raises:
            InvalidRequest: it begins after its end.
        """
        if self.since is not UNSET and self.until is not UNSET and self.since > self.until:
            raise InvalidRequest(
                [FieldProblem("?since", "must not be after until"), FieldProblem("?until", "must not be before since")]
            )
