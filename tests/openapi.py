"""Checks answers against the OpenAPI document: the operation must declare the status, and the body must satisfy it.

Events in an answer are checked against the AsyncAPI document as well.
"""

import re
from functools import cache
from typing import Any

import httpx
import jsonschema_rs

from listingapi.app import describe
from tests.asyncapi import validate_event

# Also what the document can't describe, such as an unknown address, is answered in these shapes.
ERRORS: dict[str, Any] = {
    "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/APIError"}},
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
    }
}
TOLD_IN_HEADERS = (
    "ETag", "Idempotency-Replayed", "Link", "Location", "Preference-Applied", "RateLimit", "RateLimit-Policy",
    "Retry-After", "WWW-Authenticate",
)  # fmt: skip


async def validate_answer(response: httpx.Response) -> None:
    """An httpx hook that fails the test on an answer which the document does not describe."""
    await response.aread()
    check(response)


def check(response: httpx.Response) -> None:
    """Fail on an answer which the document does not describe."""
    if response.request.method in {"HEAD", "OPTIONS"}:
        assert not response.content
        return
    operation = _operation(response.request.url.path, response.request.method.lower())
    if operation is None and response.is_success:
        return
    declared = operation["responses"].get(str(response.status_code)) if operation else ERRORS
    assert declared, f"{response.status_code} is not declared for {response.request}: {response.text}"
    _check_headers(response, declared.get("headers", {}))
    if "content" not in declared:
        assert not response.content
        return
    media_type = response.headers["content-type"].removesuffix("; charset=utf-8")
    body = response.json() if media_type.endswith("json") else response.text
    _validator(declared["content"][media_type]["schema"]).validate(body)
    if response.request.url.path.rstrip("/") == "/events" and response.is_success:
        for event in body:
            validate_event(event)


def _check_headers(response: httpx.Response, declared: dict[str, Any]) -> None:
    """All that are to be declared are; what is always sent is there."""
    sent = {name for name in TOLD_IN_HEADERS if name in response.headers}
    assert sent <= declared.keys(), f"{sent - declared.keys()} not declared for {response.request}"
    required = {name for name, header in declared.items() if header["required"]}
    assert required <= sent, f"{required - sent} not sent in the answer to {response.request}"


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of the product."""
    return describe()


def _operation(path: str, method: str) -> dict[str, Any] | None:
    for template, operations in document()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path.rstrip("/")):
            found: dict[str, Any] | None = operations.get(method)
            return found
    return None


def _validator(schema: dict[str, Any]) -> Any:
    whole = schema | {"components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
