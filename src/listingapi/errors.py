"""The errors of the API; `rendering.py` is the one place that renders them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar

import msgspec

MOST_PROBLEMS = 100


class APIError(msgspec.Struct, forbid_unknown_fields=True):
    """What went wrong, in words for the person who reads it."""

    message: str


class FieldProblem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that is wrong with a request: `pointer` is a JSON Pointer into the body, or `?name` for a parameter."""

    pointer: str
    detail: str

    def __str__(self) -> str:
        names = [name.replace("~1", "/").replace("~0", "~") or '""' for name in self.pointer[1:].split("/")]
        return f"{'.'.join(names) if self.pointer else 'The body'} {self.detail}"


class Problem(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """An error as RFC 9457 has it, for clients that ask for `application/problem+json`."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []
    listing: Any = None


class RequestError(Exception):
    """A problem that the caller can act on. Subclasses know their status and, as their name, their problem type."""

    status: ClassVar[HTTPStatus]
    problem_type: ClassVar[str]

    def __init__(
        self, detail: str, *, errors: Sequence[FieldProblem] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.listing: Any = None

    @property
    def problem_uri(self) -> str:
        """The problem type as RFC 9457 has it."""
        return f"urn:listingapi:problem:{self.problem_type}"


class NotJSON(RequestError):
    status = HTTPStatus.BAD_REQUEST
    problem_type = "not-json"


class InvalidRequest(RequestError):
    """The request is well-formed, but not what the operation takes; names each wrong field, up to a hundred."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    problem_type = "invalid-request"

    def __init__(self, errors: Sequence[FieldProblem]) -> None:
        named = errors[:MOST_PROBLEMS]
        more = [f"and {len(errors) - len(named)} more problems"] if len(errors) > len(named) else []
        super().__init__("; ".join([*map(str, named), *more]), errors=named)


class ListingNotFound(RequestError):
    status = HTTPStatus.NOT_FOUND
    problem_type = "listing-not-found"

    def __init__(self, listing_id: object) -> None:
        super().__init__(f"There is no listing {str(listing_id)[:40]}.")


class ListingChanged(RequestError):
    """Someone else wrote the listing since the version that the caller knows."""

    status = HTTPStatus.PRECONDITION_FAILED
    problem_type = "listing-changed"

    def __init__(self, listing_id: int) -> None:
        super().__init__(f"Listing {listing_id} was changed in between: read it again, and repeat the write on that.")


class ListingWithdrawn(RequestError):
    """The listing is no longer on the market; `listing` is what it was, and the headers have its ETag."""

    status = HTTPStatus.GONE
    problem_type = "listing-withdrawn"

    def __init__(
        self, listing_id: int, withdrawn_date: datetime, *, was: str, listing: Any, headers: Mapping[str, str]
    ) -> None:
        super().__init__(
            f"Listing {listing_id}, {was}, was withdrawn at {withdrawn_date:%Y-%m-%dT%H:%M:%SZ}.", headers=headers
        )
        self.listing = listing


class ListingOnMarket(RequestError):
    """A listing that is on the market can't come back to it at another price."""

    status = HTTPStatus.CONFLICT
    problem_type = "listing-on-market"

    def __init__(self, listing_id: int) -> None:
        super().__init__(f"Listing {listing_id} is on the market already, at another price: change that by PATCH.")


class PreconditionRequired(RequestError):
    status = HTTPStatus.PRECONDITION_REQUIRED
    problem_type = "precondition-required"

    def __init__(self) -> None:
        super().__init__("Send If-Match with the ETag of the listing as you read it, so that no other change is lost.")


class IdempotencyKeyReused(RequestError):
    """The key came with another request before (draft-ietf-httpapi-idempotency-key-header)."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    problem_type = "idempotency-key-reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key came with another request before: take a new key for a new request.")


class RequestStillRunning(RequestError):
    """The first request with this key has not ended (draft-ietf-httpapi-idempotency-key-header)."""

    status = HTTPStatus.CONFLICT
    problem_type = "request-still-running"

    def __init__(self) -> None:
        super().__init__(
            "The first request with this Idempotency-Key is still running: repeat yours a little later.",
            headers={"Retry-After": "1"},
        )


class UnsupportedMediaType(RequestError):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    problem_type = "unsupported-media-type"


class NotAuthenticated(RequestError):
    """The caller sent no credentials, and may not do this without (RFC 6750)."""

    status = HTTPStatus.UNAUTHORIZED
    problem_type = "not-authenticated"

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"This needs credentials with the scope {scope}; a caller without credentials does not have it.",
            headers={"WWW-Authenticate": "Bearer"},
        )


class WrongCredentials(RequestError):
    """The credentials are no key or token that is good now; which of all reasons it is, only the log says."""

    status = HTTPStatus.UNAUTHORIZED
    problem_type = "wrong-credentials"

    def __init__(self) -> None:
        super().__init__(
            "These credentials are not valid: send an API key or a token of the identity provider that is.",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )


class InsufficientScope(RequestError):
    """The credentials are right, but don't allow this (RFC 6750)."""

    status = HTTPStatus.FORBIDDEN
    problem_type = "insufficient-scope"

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"This needs the scope {scope}, which these credentials do not have.",
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )


class ListingOfAnother(RequestError):
    status = HTTPStatus.FORBIDDEN
    problem_type = "listing-of-another"

    def __init__(self, listing_id: int) -> None:
        super().__init__(f"Listing {listing_id} belongs to another account.")


class TooManyRequests(RequestError):
    """The caller has used up what it may send for now; `seconds` are those until one more is taken."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    problem_type = "too-many-requests"

    def __init__(self, what: str, seconds: int, headers: Mapping[str, str]) -> None:
        super().__init__(
            f"Too many {what}: send the next one in {seconds} {'second' if seconds == 1 else 'seconds'}.",
            headers={"Retry-After": str(seconds), **headers},
        )


class NothingHere(RequestError):
    """What is at the address is nothing that this caller may see."""

    status = HTTPStatus.NOT_FOUND
    problem_type = "nothing-here"

    def __init__(self) -> None:
        super().__init__("There is nothing at this address.")


class IssuerUnavailable(RequestError):
    """The identity provider did not give its keys, so that a token could be neither accepted nor refused."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    problem_type = "issuer-unavailable"

    def __init__(self) -> None:
        super().__init__(
            "The keys of the identity provider can't be had, so that the token could not be checked: send it again.",
            headers={"Retry-After": "5"},
        )
