"""Which errors an operation may answer, as the OpenAPI document says it."""

from http import HTTPStatus
from typing import Any

from listingapi.rendering import PROBLEM_JSON

ERRORS_OF_EVERY_OPERATION = {
    HTTPStatus.UNAUTHORIZED: "The caller has no credentials, and needs some.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "A parameter is wrong, unknown or given twice; the message says which.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database did not answer; whether a write was kept is not known.",
}
ERRORS_OF_BODIES = {
    HTTPStatus.BAD_REQUEST: "The body is not JSON.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 1 MiB.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is no JSON by its content type.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The body is JSON, but not what is asked for; the message names each field.",
}
ERRORS_OF_LISTINGS = {HTTPStatus.GONE: "The listing was withdrawn from the market."}
ERRORS_OF_WRITES_ON_A_VERSION = {
    HTTPStatus.PRECONDITION_REQUIRED: "This deployment takes changes only with `If-Match`.",
    HTTPStatus.PRECONDITION_FAILED: "The listing has none of the ETags in `If-Match`: someone else wrote it since.",
}
ERRORS_OF_PATHS = {HTTPStatus.NOT_FOUND: "There is no such listing."}
ERRORS_OF_RULE_PATHS = {HTTPStatus.NOT_FOUND: "The caller's account has no such pricing rule."}
ERRORS_OF_NAMED_ATTEMPTS = {
    HTTPStatus.CONFLICT: "The first request with this `Idempotency-Key` is still running, a pricing rule asks for a "
    "confirmation of the price, or the account has all the pricing rules that it may have; the message says which.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The `Idempotency-Key` came with another request before, or is none.",
}


def describe_errors(operation: dict[str, Any]) -> None:
    errors = dict(ERRORS_OF_EVERY_OPERATION)
    parameters = operation.get("parameters", [])
    if any(parameter["in"] == "path" for parameter in parameters):
        errors |= ERRORS_OF_PATHS
    if any(parameter["name"] == "id" for parameter in parameters):
        errors |= ERRORS_OF_LISTINGS
    if any(parameter["name"] == "rule_id" for parameter in parameters):
        errors |= ERRORS_OF_RULE_PATHS
    if any(parameter["name"] == "Idempotency-Key" for parameter in parameters):
        errors |= ERRORS_OF_NAMED_ATTEMPTS
    if any(parameter["name"] == "If-Match" for parameter in parameters):
        errors |= ERRORS_OF_WRITES_ON_A_VERSION
    if "requestBody" in operation:
        errors |= ERRORS_OF_BODIES
    answers = {
        status: answer for status, answer in operation["responses"].items() if int(status) < HTTPStatus.BAD_REQUEST
    }
    answers.get(str(int(HTTPStatus.NO_CONTENT)), {}).pop("content", None)
    for status, description in sorted(errors.items()):
        answers[str(int(status))] = {"description": description, "content": _error_content()}
    operation["responses"] = answers


def _error_content() -> dict[str, Any]:
    return {
        "application/json": {"schema": {"$ref": "#/components/schemas/APIError"}},
        PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}},
    }
