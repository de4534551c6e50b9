"""The one place that renders errors."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from traceback import format_tb
from typing import Any

import structlog
from litestar import Request, Response
from litestar.datastructures import Headers
from litestar.exceptions import HTTPException, InternalServerException, ValidationException
from litestar.types import HTTPScope

from listingapi.answers import Answer, to_json
from listingapi.errors import APIError, FieldProblem, InvalidRequest, NotJSON, Problem, RequestError
from listingapi.infra.complaints import Tally

PROBLEM_JSON = "application/problem+json"

# The framework's own words for these are only the names of the statuses.
SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take this method; the header Allow names those it takes.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 1 MiB.",
}

BODY_ENDED = "The body is not JSON: the connection ended before it did."
MISSING_PARAMETER = re.compile(r"^Missing required query parameter '(\w+)'")
NEVER = re.compile(r"q=0(\.0*)?")

logger = structlog.get_logger()
refused = Tally()


def render_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer an error in the shape that the client asked for: `APIError` by default, RFC 9457 on request."""
    return error_answer(error, request.scope).response()


def error_answer(error: Exception, scope: HTTPScope) -> Answer:
    """The same for what answers before the framework does."""
    problem, headers = _describe(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log(scope, error)
    accept = ",".join(Headers.from_scope(scope).getall("accept", []))
    if _takes_problems(accept):
        return Answer(problem.status, to_json(problem), headers, PROBLEM_JSON)
    return Answer(problem.status, to_json(APIError(problem.detail)), headers)


def _log(scope: HTTPScope, error: Exception) -> None:
    """Log what a person has to look into; never what a caller sent, which paths, variables and messages hold.

    What all requests are refused for, such as a database that is away, is said once a second.
    """
    operation = getattr(scope.get("route_handler"), "operation_id", None)
    if isinstance(error, RequestError):
        reason = type(error.__cause__ or error).__name__
        if times := refused.count((operation, reason)):
            logger.warning("request_refused", operation=operation, reason=reason, times=times)
    else:
        log_failure(error, operation)


def log_failure(error: Exception, operation: str | None = None) -> None:
    """Log that the server failed, where it is known while it did what."""
    logger.error("request_failed", operation=operation, traceback=_without_messages(error))


def _without_messages(error: BaseException) -> str:
    """The places and the names of an error and of those that it came from."""
    cause = error.__cause__ or error.__context__
    before = f"{_without_messages(cause)}\n" if cause else ""
    return f"{before}{''.join(format_tb(error.__traceback__))}{type(error).__name__}"


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
            return _describe(NotJSON(BODY_ENDED))
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
    return expected.replace("`int`", "an integer").replace("`bool`", "true or false").replace("`str`", "a string")
