"""On which terms a client writes: whether it repeats a request, on which version, and what it has confirmed."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from listingapi.errors import PreconditionRequired
from listingapi.idempotency.attempts import Attempt
from listingapi.preconditions import IfMatch, etag, etags_in

Confirm = Annotated[
    bool, QueryParameter(description="The price is meant as it is, also where a pricing rule asks for a confirmation.")
]


@dataclass(frozen=True, slots=True)
class Terms:
    """The attempt that a write is, and the ETags of the versions of the listing that it may be made on (None: any).

    A caller writes listings of their own account, unless the write is one on those `of_any_account`.
    """

    attempt: Attempt
    on: frozenset[str] | None = None
    of_any_account: bool = False

    def reach(self, account_id: int) -> bool:
        """Whether a listing of this account may be written."""
        return self.of_any_account or account_id == self.attempt.account_id

    def are_met_by(self, version: int) -> bool:
        """Whether the listing has a version that the write may be made on; a weak ETag names none."""
        return self.on is None or etag(version) in self.on


def terms_of(
    request: Request[Any, Any, Any],
    attempt: NamedDependency[Attempt],
    *,
    must_match: NamedDependency[bool],
    if_match: IfMatch = None,
) -> Terms:
    """The terms of a request that changes a listing.

    Raises:
        PreconditionRequired: it names no version, and this deployment wants one.
    """
    listed = None if if_match is None else ", ".join(request.headers.getall("If-Match"))
    return terms_given(attempt, listed, must_match=must_match)


def terms_given(attempt: Attempt, if_match: str | None, *, must_match: bool) -> Terms:
    """The same by the value of the header, if there is one.

    Raises:
        PreconditionRequired: it names no version, and this deployment wants one.
    """
    if must_match and if_match is None:
        raise PreconditionRequired
    return Terms(attempt, None if if_match is None else etags_in(if_match))
