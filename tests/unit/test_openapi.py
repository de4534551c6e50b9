"""The OpenAPI document says of each operation what it may really answer, and of each body what it really takes."""

from typing import Any

import jsonschema_rs
import pytest

from listingapi.errors import InvalidRequest
from listingapi.listings.schemas import Relisting
from listingapi.prices.change_schemas import BatchLine, CorrectionWrite, PriceWrite
from listingapi.wire import Body
from tests.openapi import document

OPERATIONS: dict[str, dict[str, Any]] = {
    operation["operationId"]: operation for path in document()["paths"].values() for operation in path.values()
}
STILL_RUNNING = "is still running"
CONFIRMATION = "asks for a confirmation"
CONFLICTS = {
    "post-listings": [CONFIRMATION],
    "upsert-listing": [CONFIRMATION],
    "patch-listing": [CONFIRMATION],
    "delete-listing": [],
    "relist-listing": [CONFIRMATION],
    "post-listing-prices": [CONFIRMATION, "all the scheduled prices"],
    "delete-scheduled-price": ["came into force already"],
    "post-price-corrections": ["would change nothing"],
    "post-prices-batch": [],
    "post-price-review-approval": ["approved or corrected already"],
    "post-price-review-rejection": ["approved or corrected already", "would change nothing"],
    "post-pricing-rules": ["all the pricing rules"],
    "put-pricing-rule": [],
    "delete-pricing-rule": [],
    "post-webhooks": ["all the webhooks"],
    "patch-webhook": [],
    "delete-webhook": [],
    "post-webhook-secrets": [],
    "replay-webhook-delivery": [],
    "post-accounts": ["has this name"],
    "patch-account": ["has this name", "the caller's own"],
    "post-account-keys": ["all the API keys"],
    "delete-account-key": [],
}
MISSING = {
    "get-listing-price-at": "no price then",
    "delete-scheduled-price": "No price was scheduled",
    "post-price-corrections": "no entry of this version",
    "post-price-review-approval": "no review",
    "post-price-review-rejection": "no review",
}
GONE = {
    "get-listing", "upsert-listing", "patch-listing", "get-listing-prices", "post-listing-prices",
    "get-listing-price-summary", "get-listing-price-at", "get-scheduled-prices", "post-price-corrections",
    "post-price-review-rejection",
}  # fmt: skip
BODIES: list[tuple[type[Body], dict[str, Any]]] = [
    (PriceWrite, {"price_eur": "1200.50"}),
    (PriceWrite, {"price_eur": "12.345"}),
    (PriceWrite, {"price_eur": "1e3"}),
    (BatchLine, {"listing_id": "17", "price_eur": "5.0", "version": "3"}),
    (BatchLine, {"listing_id": "1.5", "price_eur": 5}),
    (BatchLine, {"listing_id": "-1", "price_eur": 5}),
    (BatchLine, {"listing_id": 1, "price_eur": 5, "version": "0"}),
    (CorrectionWrite, {"price_eur": "7", "reason": "x"}),
    (CorrectionWrite, {"void": True, "reason": "x"}),
    (CorrectionWrite, {"void": False, "reason": "x"}),
    (CorrectionWrite, {"price_eur": "7", "void": False, "reason": "x"}),
    (CorrectionWrite, {"price_eur": "7", "void": True, "reason": "x"}),
    (CorrectionWrite, {"reason": "x"}),
    (Relisting, {"latest_price_eur": "90000"}),
    (Relisting, {"latest_price_eur": ""}),
    (Relisting, {"id": 1}),
]


def said(operation_id: str, status: int) -> str:
    return str(OPERATIONS[operation_id]["responses"][str(status)]["description"])


def answering(status: int) -> set[str]:
    return {name for name, operation in OPERATIONS.items() if str(status) in operation["responses"]}


def test_a_conflict_is_declared_where_there_can_be_one() -> None:
    assert answering(409) == CONFLICTS.keys()


@pytest.mark.parametrize(("name", "reasons"), CONFLICTS.items())
def test_a_conflict_names_what_can_really_happen(name: str, reasons: list[str]) -> None:
    description = said(name, 409)

    assert all(reason in description for reason in (STILL_RUNNING, *reasons))
    assert len(description.split(" Or: ")) == 1 + len(reasons)


@pytest.mark.parametrize(("name", "reason"), MISSING.items())
def test_what_else_may_be_missing_is_named(name: str, reason: str) -> None:
    assert said(name, 404).startswith("There is no such listing. Or: ")
    assert reason in said(name, 404)


def test_only_what_a_withdrawn_listing_refuses_or_is_forgotten_is_gone() -> None:
    assert answering(410) == GONE | {"get-events", "get-event-stream"}


@pytest.mark.parametrize("name", sorted(name for name in CONFLICTS if "requestBody" in OPERATIONS[name]))
def test_a_wrong_body_is_not_all_that_is_refused(name: str) -> None:
    assert "The body is JSON, but not" in said(name, 422)
    assert "The `Idempotency-Key` came with another request" in said(name, 422)
    assert ("rejects the price" in said(name, 422)) == (CONFIRMATION in CONFLICTS[name])


@pytest.mark.parametrize(("kind", "body"), BODIES, ids=str)
def test_a_body_is_taken_as_the_document_says(kind: type[Body], body: dict[str, Any]) -> None:
    schema = {"$ref": f"#/components/schemas/{kind.__name__}", "components": document()["components"]}

    assert jsonschema_rs.is_valid(schema, body) == is_taken(kind, body)


def is_taken(kind: type[Body], body: dict[str, Any]) -> bool:
    try:
        kind.read(body)
    except InvalidRequest:
        return False
    return True


def test_the_headers_that_a_client_needs_are_declared() -> None:
    created = OPERATIONS["post-listings"]["responses"]["201"]["headers"]

    assert {name: header["required"] for name, header in created.items()} == {
        "ETag": True, "Location": True, "Idempotency-Replayed": False, "RateLimit": False, "RateLimit-Policy": False,
    }  # fmt: skip
    assert "Link" in OPERATIONS["get-listing-prices"]["responses"]["200"]["headers"]
    assert "Retry-After" in OPERATIONS["delete-listing"]["responses"]["409"]["headers"]
