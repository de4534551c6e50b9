"""Which errors an operation may answer, as the OpenAPI document says it."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from listingapi.rendering import PROBLEM_JSON

Said = tuple[HTTPStatus, str]

ALWAYS: tuple[Said, ...] = (
    (HTTPStatus.BAD_REQUEST, "The request is not valid HTTP, or for a host that this deployment does not answer for."),
    (HTTPStatus.UNAUTHORIZED, "The caller has no credentials, and needs some; or those that they have are wrong."),
    (HTTPStatus.FORBIDDEN, "The credentials do not have the scope that this needs."),
    (HTTPStatus.UNPROCESSABLE_ENTITY, "A parameter is wrong, unknown or given twice; the message says which."),
    (HTTPStatus.TOO_MANY_REQUESTS, "The requests of a minute are used up, or the failed logins of the address."),
    (HTTPStatus.SERVICE_UNAVAILABLE, "The database did not answer; whether a write was kept is not known."),
    (HTTPStatus.SERVICE_UNAVAILABLE, "The database takes no writes, or lacks space or memory; nothing was kept."),
)
WITH_BODY: tuple[Said, ...] = (
    (HTTPStatus.BAD_REQUEST, "The body is not JSON."),
    (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than 1 MiB."),
    (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is no JSON by its content type."),
    (HTTPStatus.UNPROCESSABLE_ENTITY, "The body is JSON, but not what is asked for; the message names each field."),
)
WITH_PARAMETER: dict[str, tuple[Said, ...]] = {
    "id": ((HTTPStatus.NOT_FOUND, "There is no such listing."),),
    "key_id": ((HTTPStatus.NOT_FOUND, "The account has no such API key."),),
    "webhook_id": ((HTTPStatus.NOT_FOUND, "The caller's account has no such webhook."),),
    "delivery_id": ((HTTPStatus.NOT_FOUND, "The webhook has no such delivery."),),
    "rule_id": ((HTTPStatus.NOT_FOUND, "The caller's account has no such pricing rule."),),
    "If-Match": (
        (HTTPStatus.FORBIDDEN, "The listing belongs to another account."),
        (HTTPStatus.PRECONDITION_REQUIRED, "This deployment takes changes only with `If-Match`."),
        (
            HTTPStatus.PRECONDITION_FAILED,
            "The listing has none of the ETags in `If-Match`: someone else wrote it since.",
        ),
    ),
    "Idempotency-Key": (
        (HTTPStatus.CONFLICT, "The first request with this `Idempotency-Key` is still running."),
        (HTTPStatus.UNPROCESSABLE_ENTITY, "The `Idempotency-Key` came with another request before, or is none."),
    ),
    "confirm": (
        (HTTPStatus.CONFLICT, "A pricing rule asks for a confirmation of the price."),
        (HTTPStatus.UNPROCESSABLE_ENTITY, "A pricing rule rejects the price."),
    ),
}
NO_ACCOUNT: Said = (HTTPStatus.NOT_FOUND, "There is no such account.")
NAME_TAKEN: Said = (HTTPStatus.CONFLICT, "Another account has this name.")
FORGOTTEN: Said = (HTTPStatus.GONE, "Events after the position are not kept any more.")
NO_POSITION: Said = (HTTPStatus.UNPROCESSABLE_ENTITY, "The position is one that no event has yet.")
NO_REVIEW: Said = (HTTPStatus.NOT_FOUND, "The price has no review.")
REVIEW_SETTLED: Said = (HTTPStatus.CONFLICT, "The price was approved or corrected already.")
CORRECTION_REFUSED: Said = (
    HTTPStatus.CONFLICT,
    "The correction would change nothing, or leave the listing without a price.",
)
OF_OPERATION: dict[str, tuple[Said, ...]] = {
    "get-account": (NO_ACCOUNT,),
    "post-accounts": (NAME_TAKEN,),
    "patch-account": (
        NO_ACCOUNT,
        NAME_TAKEN,
        (HTTPStatus.CONFLICT, "The account is the caller's own, who would lose the scope `accounts:admin`."),
    ),
    "get-account-keys": (NO_ACCOUNT,),
    "post-account-keys": (NO_ACCOUNT, (HTTPStatus.CONFLICT, "The account has all the API keys that it may have.")),
    "get-events": (FORGOTTEN, NO_POSITION),
    "get-event-stream": (FORGOTTEN, NO_POSITION),
    "get-market-statistics": ((HTTPStatus.NOT_FOUND, "The path names no country, city or kind of building."),),
    "get-listing-price-at": ((HTTPStatus.NOT_FOUND, "The listing had no price then, or none was known."),),
    "post-listing-prices": (
        (HTTPStatus.CONFLICT, "The listing has all the scheduled prices that it may have at a time."),
    ),
    "delete-scheduled-price": (
        (HTTPStatus.NOT_FOUND, "No price was scheduled for the listing as this version."),
        (HTTPStatus.CONFLICT, "The scheduled price came into force already, or was refused."),
    ),
    "post-price-corrections": (
        (HTTPStatus.NOT_FOUND, "The listing's price history has no entry of this version."),
        CORRECTION_REFUSED,
    ),
    "post-price-review-approval": (NO_REVIEW, REVIEW_SETTLED),
    "post-price-review-rejection": (NO_REVIEW, REVIEW_SETTLED, CORRECTION_REFUSED),
    "post-webhooks": ((HTTPStatus.CONFLICT, "The account has all the webhooks that it may have."),),
    "post-pricing-rules": ((HTTPStatus.CONFLICT, "The account has all the pricing rules that it may have."),),
}
GONE: Said = (HTTPStatus.GONE, "The listing was withdrawn from the market.")

# What withdraws a listing, brings it back or takes back what was to come is taken of a withdrawn one too.
TAKEN_WHEN_WITHDRAWN = ("delete-listing", "relist-listing", "delete-scheduled-price", "post-price-review-approval")
# What pricing rules have against the prices in a batch is said of each line.
JUDGED_BY_LINE = ("post-prices-batch",)


def describe_errors(operation: dict[str, Any]) -> None:
    """Declare the errors of an operation, and none that the framework thinks of."""
    answers = {
        status: answer for status, answer in operation["responses"].items() if int(status) < HTTPStatus.BAD_REQUEST
    }
    answers.get(str(int(HTTPStatus.NO_CONTENT)), {}).pop("content", None)
    errors: dict[HTTPStatus, list[str]] = {}
    for status, description in _errors_of(operation):
        errors.setdefault(status, []).append(description)
    for status, descriptions in sorted(errors.items()):
        answers[str(int(status))] = {"description": " Or: ".join(descriptions), "content": _error_content()}
    operation["responses"] = answers


def _errors_of(operation: dict[str, Any]) -> Iterator[Said]:
    name = operation["operationId"]
    parameters = {parameter["name"] for parameter in operation.get("parameters", [])}
    yield from ALWAYS
    if "requestBody" in operation:
        yield from WITH_BODY
    for parameter, errors in WITH_PARAMETER.items():
        if parameter in parameters and not (parameter == "confirm" and name in JUDGED_BY_LINE):
            yield from errors
    yield from OF_OPERATION.get(name, ())
    if "id" in parameters and name not in TAKEN_WHEN_WITHDRAWN:
        yield GONE


def _error_content() -> dict[str, Any]:
    return {
        "application/json": {"schema": {"$ref": "#/components/schemas/APIError"}},
        PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}},
    }
