"""Which headers an operation's answers have, as the OpenAPI document says it."""

from http import HTTPStatus
from typing import Any

from listingapi.answers import REPLAYED

ETAG = ("ETag", "The listing's version, for `If-Match` and `If-None-Match`.")
LINK = ("Link", '`rel="next"`: the next page, if there is one (RFC 8288).')
LINK_ON = ("Link", '`rel="next"`: where what comes after this page is (RFC 8288).')
LOCATION = ("Location", "Where what was made is.")
PREFERENCE_APPLIED = (
    "Preference-Applied",
    "For how many seconds the answer would have waited for an event (RFC 7240).",
)
REPLAYED_HEADER = (REPLAYED, "`true`: the request was answered before, and this is that answer.")
RATE_LIMIT = ("RateLimit", "What is left of the allowance, `r`, and for how many seconds, `t`, if there is a limit.")
RATE_LIMIT_POLICY = ("RateLimit-Policy", "What is allowed in a minute, `q`, if there is a limit.")
RETRY_AFTER = ("Retry-After", "After how many seconds to send the request again, if that is what helps.")
WWW_AUTHENTICATE = ("WWW-Authenticate", "Which credentials are taken.")

ALWAYS_SENT = {
    ("get-events", HTTPStatus.OK): (LINK_ON,),
    ("get-listing", HTTPStatus.OK): (ETAG,),
    ("get-listing", HTTPStatus.NOT_MODIFIED): (ETAG,),
    ("get-listing-prices", HTTPStatus.NOT_MODIFIED): (ETAG,),
    ("upsert-listing", HTTPStatus.OK): (ETAG,),
    ("patch-listing", HTTPStatus.OK): (ETAG,),
    ("delete-listing", HTTPStatus.NO_CONTENT): (ETAG,),
    ("relist-listing", HTTPStatus.OK): (ETAG,),
    ("post-listings", HTTPStatus.CREATED): (ETAG, LOCATION),
    ("post-listing-prices", HTTPStatus.ACCEPTED): (LOCATION,),
    ("post-pricing-rules", HTTPStatus.CREATED): (LOCATION,),
    ("post-accounts", HTTPStatus.CREATED): (LOCATION,),
    ("post-account-keys", HTTPStatus.CREATED): (LOCATION,),
    ("post-webhooks", HTTPStatus.CREATED): (LOCATION,),
    ("post-webhook-secrets", HTTPStatus.CREATED): (LOCATION,),
}
ALWAYS_SENT_WITH = {
    HTTPStatus.UNAUTHORIZED: (WWW_AUTHENTICATE,),
    HTTPStatus.TOO_MANY_REQUESTS: (RATE_LIMIT, RATE_LIMIT_POLICY, RETRY_AFTER),
    HTTPStatus.SERVICE_UNAVAILABLE: (RETRY_AFTER,),
}
OF_EVENTS = ("get-events", "get-event-stream")
PAGED = (
    "get-accounts", "get-audit", "get-listings", "get-listing-prices", "get-price-reviews", "get-webhook-deliveries",
)  # fmt: skip


def describe_headers(operation: dict[str, Any]) -> None:
    """Declare the headers of an operation's answers, beside those that all of HTTP has."""
    name = operation["operationId"]
    repeatable = any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", []))
    for code, answer in operation["responses"].items():
        status = HTTPStatus(int(code))
        sent = (*ALWAYS_SENT.get((name, status), ()), *ALWAYS_SENT_WITH.get(status, ()))
        if status == HTTPStatus.GONE and name not in OF_EVENTS:
            sent = (*sent, ETAG)
        headers = {header: _header(about, required=True) for header, about in sent}
        headers |= {header: _header(about) for header, about in _sometimes_sent(name, status, repeatable=repeatable)}
        answer["headers"] = headers


def _sometimes_sent(name: str, status: HTTPStatus, *, repeatable: bool) -> list[tuple[str, str]]:
    sent = [] if status == HTTPStatus.TOO_MANY_REQUESTS else [RATE_LIMIT, RATE_LIMIT_POLICY]
    if name in PAGED and status == HTTPStatus.OK:
        sent.append(LINK)
    if name == "get-listing-prices" and status == HTTPStatus.OK:
        sent.append(ETAG)
    if name == "get-events" and status == HTTPStatus.OK:
        sent.append(PREFERENCE_APPLIED)
    if repeatable and status < HTTPStatus.MULTIPLE_CHOICES:
        sent.append(REPLAYED_HEADER)
    if status == HTTPStatus.FORBIDDEN:
        sent.append(WWW_AUTHENTICATE)
    if status == HTTPStatus.CONFLICT:
        sent.append(RETRY_AFTER)
    return sent


def _header(about: str, *, required: bool = False) -> dict[str, Any]:
    return {"description": about, "required": required, "schema": {"type": "string"}}
