"""The errors of the API and the one place that renders them."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from traceback import format_exception
from typing import Any, ClassVar

import msgspec
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, InternalServerException, ValidationException

PROBLEM_JSON = "application/problem+json"
MOST_PROBLEMS = 100

# The framework's own words for these are only the names of the statuses.
SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take this method; the header Allow names those it takes.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 1 MiB.",
}

MISSING_PARAMETER = re.compile(r"^Missing required query parameter '(\w+)'")
NEVER = re.compile(r"q=0(\.0*)?")

logger = structlog.get_logger()


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
    """The listing is no longer on the market; `listing` is what it was, where the operation knows that."""

    status = HTTPStatus.GONE
    problem_type = "listing-withdrawn"

    def __init__(self, listing_id: int, withdrawn_date: datetime, *, was: str = "", listing: Any = None) -> None:
        about = f", {was}," if was else ""
        super().__init__(f"Listing {listing_id}{about} was withdrawn at {withdrawn_date:%Y-%m-%dT%H:%M:%SZ}.")
        self.listing = listing


class ScheduledPriceNotFound(RequestError):
    status = HTTPStatus.NOT_FOUND
    problem_type = "scheduled-price-not-found"

    def __init__(self, version: object) -> None:
        super().__init__(f"No price was scheduled for this listing as {str(version)[:40]}.")


class ScheduledPriceSettled(RequestError):
    """The price can't be cancelled any more."""

    status = HTTPStatus.CONFLICT
    problem_type = "scheduled-price-settled"

    def __init__(self, version: int, state: str) -> None:
        super().__init__(f"The scheduled price {version} can't be cancelled: it is {state} already.")


class TooManyScheduledPrices(RequestError):
    status = HTTPStatus.CONFLICT
    problem_type = "too-many-scheduled-prices"

    def __init__(self, most: int) -> None:
        super().__init__(f"At most {most} prices of a listing may be scheduled at a time: cancel one first.")


class PriceEntryNotFound(RequestError):
    status = HTTPStatus.NOT_FOUND
    problem_type = "price-entry-not-found"

    def __init__(self, version: object) -> None:
        super().__init__(f"The listing's price history has no entry {str(version)[:40]}.")


class CorrectionRefused(RequestError):
    """The correction would leave the history as it is, or without a price."""

    status = HTTPStatus.CONFLICT
    problem_type = "correction-refused"


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


class NoPriceThen(RequestError):
    """The listing had no price at the time that was asked for, or none was known; the detail says from when."""

    status = HTTPStatus.NOT_FOUND
    problem_type = "no-price-then"


class PricingRuleNotFound(RequestError):
    status = HTTPStatus.NOT_FOUND
    problem_type = "pricing-rule-not-found"

    def __init__(self, rule_id: object) -> None:
        super().__init__(f"There is no pricing rule {str(rule_id)[:40]}.")


class TooManyPricingRules(RequestError):
    status = HTTPStatus.CONFLICT
    problem_type = "too-many-pricing-rules"

    def __init__(self, most: int) -> None:
        super().__init__(f"An account has at most {most} pricing rules: delete or replace one.")


class PriceRejected(RequestError):
    """The price breaks a pricing rule that rejects; `details` are sentences, `pointer` is where the price stands."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    problem_type = "price-rejected"

    def __init__(self, details: Sequence[str], pointer: str) -> None:
        errors = [FieldProblem(pointer, detail) for detail in details]
        super().__init__(" ".join(["The pricing rules reject this price.", *details]), errors=errors)


class PriceChangeNeedsConfirmation(RequestError):
    """The price breaks a pricing rule that asks first; the same request with `confirm=true` passes it."""

    status = HTTPStatus.CONFLICT
    problem_type = "price-change-needs-confirmation"

    def __init__(self, details: Sequence[str], pointer: str) -> None:
        errors = [FieldProblem(pointer, detail) for detail in details]
        super().__init__(" ".join([*details, "If it is meant, send it again with confirm=true."]), errors=errors)


class UnsupportedMediaType(RequestError):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    problem_type = "unsupported-media-type"


class NotAuthenticated(RequestError):
    status = HTTPStatus.UNAUTHORIZED
    problem_type = "not-authenticated"


class DatabaseUnavailable(RequestError):
    """PostgreSQL did not answer; whether a write was kept is not known."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    problem_type = "database-unavailable"

    def __init__(self) -> None:
        super().__init__(
            "The database did not answer. A write may have been kept: read before you repeat it.",
            headers={"Retry-After": "1"},
        )


def render_error(request: Request[Any, Any, Any], error: Exception) -> Response[APIError | Problem]:
    """Answer an error in the shape that the client asked for: `APIError` by default, RFC 9457 on request."""
    problem, headers = _describe(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log(request, error)
    if _takes_problems(",".join(request.headers.getall("accept", []))):
        return Response(problem, status_code=problem.status, headers=headers, media_type=PROBLEM_JSON)
    return Response(APIError(problem.detail), status_code=problem.status, headers=headers, media_type=MediaType.JSON)


def _log(request: Request[Any, Any, Any], error: Exception) -> None:
    """Log what a person has to look into; without the variables in it, which hold what callers sent."""
    if isinstance(error, RequestError):
        logger.warning("request_refused", method=request.method, path=request.url.path, reason=repr(error.__cause__))
    else:
        traceback = "".join(format_exception(error))
        logger.error("request_failed", method=request.method, path=request.url.path, traceback=traceback)


def _takes_problems(accept: str) -> bool:
    for choice in accept.lower().split(","):
        media_type, *parameters = (part.strip() for part in choice.split(";"))
        if media_type == PROBLEM_JSON and not any(NEVER.fullmatch(parameter) for parameter in parameters):
            return True
    return False


def _describe(error: Exception) -> tuple[Problem, dict[str, str]]:
    match error:
        case RequestError():
            problem = _problem(f"urn:listingapi:problem:{error.problem_type}", error.status, error.detail, error.errors)
            problem.listing = error.listing
            return problem, error.headers
        case ValidationException():
            return _describe(_parameter_error(error))
        case InternalServerException(detail="client disconnected prematurely"):
            return _describe(NotJSON("The body is not JSON: the connection ended before it did."))
        case HTTPException():
            status = HTTPStatus(error.status_code)
            return _problem("about:blank", status, SENTENCES.get(status, error.detail)), dict(error.headers or {})
        case _:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            return _problem("about:blank", status, "The server failed to answer; the failure was logged."), {}


def _problem(problem_type: str, status: HTTPStatus, detail: str, errors: Sequence[FieldProblem] = ()) -> Problem:
    return Problem(type=problem_type, title=status.phrase, status=status, detail=detail, errors=list(errors))


def _parameter_error(error: ValidationException) -> RequestError:
    found = error.extra if isinstance(error.extra, list) else []
    if any(item.get("key") == "data" for item in found):
        return NotJSON("The body is not JSON: it is empty.")
    problems = [FieldProblem(f"?{item['key']}", _in_words(item["message"])) for item in found if "key" in item]
    problems += [FieldProblem(f"?{name}", "is required") for name in MISSING_PARAMETER.findall(error.detail)]
    return InvalidRequest(problems)


def _in_words(message: str) -> str:
    expected = message.partition(",")[0].replace("Expected", "must be")
    expected = expected.replace("Integer value out of range", "must be a smaller integer")
    return expected.replace("`int`", "an integer").replace("`str`", "a string")
