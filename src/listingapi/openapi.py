"""The OpenAPI document of the API, and the page that shows it."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from importlib.metadata import version
from typing import Any

from litestar import Litestar
from litestar.openapi import OpenAPIConfig

from listingapi.accounts.key_schemas import APIKey, APIKeyWrite, NewAPIKey
from listingapi.accounts.schemas import RATES, Account, AccountState, AccountWrite
from listingapi.audit.schemas import AuditEntry
from listingapi.errors import APIError, Problem
from listingapi.events.cloud_events import CloudEvent
from listingapi.events.prefer import BATCH
from listingapi.events.sse import EVENT_STREAM
from listingapi.json_schemas import schemas_of
from listingapi.listings.access_schemas import Access
from listingapi.listings.schemas import READ_ONLY, Listing, ListingWrite, Relisting
from listingapi.listings.search_schemas import DetailedListing
from listingapi.markets.schemas import MarketStatistics
from listingapi.openapi_errors import describe_errors
from listingapi.openapi_headers import describe_headers
from listingapi.openapi_security import SCHEMES, describe_security, scopes_of
from listingapi.prices.change_schemas import (
    AppendedPrice,
    BatchLine,
    BatchResults,
    BatchWrite,
    CorrectionWrite,
    PriceWrite,
    ScheduledPrice,
)
from listingapi.prices.schemas import HISTORY_ENTRIES, Price, PriceAt, PriceSummary
from listingapi.reviews.schemas import PriceReview, RejectionWrite
from listingapi.rules.schemas import ANSWERED, WRITTEN
from listingapi.webhooks.schemas import (
    REMOVABLE,
    NewWebhook,
    Webhook,
    WebhookDelivery,
    WebhookSearch,
    WebhookState,
    WebhookWrite,
)

CONFIG = OpenAPIConfig(
    title="ListingAPI",
    version=version("listingapi"),
    summary="The system of record for property listings and their price history.",
    description=(
        "Every answer tells in `X-Request-Id` what its request is called in logs: what the request called itself by "
        "the same header, the trace of its `traceparent`, or a name of our own."
    ),
    use_handler_docstrings=True,
)

WRITTEN_PRICES = (BatchLine, BatchWrite, CorrectionWrite, PriceWrite, RejectionWrite, Relisting)
ANSWERED_PRICES = (
    AppendedPrice, BatchResults, MarketStatistics, Price, PriceAt, PriceReview, PriceSummary, ScheduledPrice,
    *HISTORY_ENTRIES.values(),
)  # fmt: skip
OPERATORS_BODIES = (APIKey, APIKeyWrite, Account, AccountState, AccountWrite, AuditEntry, NewAPIKey)
WEBHOOKS_WRITTEN = (WebhookSearch, WebhookState, WebhookWrite)
WEBHOOKS_BODIES = (NewWebhook, Webhook, WebhookDelivery, WebhookState, WebhookWrite)
BODIES = (
    APIError, Access, CloudEvent, DetailedListing, Listing, ListingWrite, Problem, *ANSWERED_PRICES, *WRITTEN_PRICES,
    *ANSWERED.values(), *WRITTEN.values(), *OPERATORS_BODIES, *WEBHOOKS_BODIES,
)  # fmt: skip

DECIMAL_STRINGS = {
    "listing_id": r"^0*\d{1,18}(\.0+)?$",
    "version": r"^0*[1-9]\d{0,17}(\.0+)?$",
    "price_eur": r"^\d{1,12}(\.\d{1,2}0*)?$",
    "latest_price_eur": r"^\d{1,12}(\.\d{1,2}0*)?$",
    "surface_area_m2": r"^\d{1,12}(\.\d+)?$",
    "rooms_count": r"^0*[1-9]\d{0,8}(\.0+)?$",
    "bedrooms_count": r"^0*\d{1,9}(\.0+)?$",
    "max_change_percent": r"^(0*[1-9]\d{0,6}(\.\d{1,2}0*)?|0+\.(0[1-9]|[1-9]\d?)0*)$",
    "min_price_per_m2_eur": r"^\d{1,12}(\.\d{1,2}0*)?$",
    "max_price_per_m2_eur": r"^\d{1,12}(\.\d{1,2}0*)?$",
    **dict.fromkeys(("min_price_per_m2", "max_price_per_m2"), r"^\d{1,12}(\.\d{1,2}0*)?$"),
    **dict.fromkeys(("min_price_eur", "max_price_eur", "min_cut_eur"), r"^\d{1,12}(\.\d{1,2}0*)?$"),
    **dict.fromkeys(("min_surface_area_m2", "max_surface_area_m2"), r"^\d{1,12}(\.\d+)?$"),
    **dict.fromkeys(("min_rooms", "max_rooms"), r"^0*[1-9]\d{0,8}(\.0+)?$"),
    **dict.fromkeys(("min_bedrooms", "max_bedrooms"), r"^0*\d{1,9}(\.0+)?$"),
    **dict.fromkeys(
        ("min_cut_percent", "min_drop_percent"), r"^(0*[1-9]\d{0,6}(\.\d{1,2}0*)?|0+\.(0[1-9]|[1-9]\d?)0*)$"
    ),
    "min_interval_seconds": r"^0*[1-9]\d{0,8}(\.0+)?$",
    **dict.fromkeys(RATES, r"^0*(\d{1,9}|1000000000)(\.0+)?$"),
}

PATCHES = {
    "/listings/{id}": "ListingPatch",
    "/accounts/{account_id}": "AccountPatch",
    "/webhooks/{webhook_id}": "WebhookPatch",
}
ABOUT_PATCHES = {"description": "What is left out stays as it is (RFC 7396)."}

HISTORY_CONTENT = {
    "application/json": {
        "schema": {
            "anyOf": [
                {"type": "array", "items": {"$ref": f"#/components/schemas/{entry}"}, "description": f"`view={view}`"}
                for view, entry in (("plain", "Price"), ("detailed", "HistoryEntry"))
            ]
        }
    },
    "text/csv": {"schema": {"type": "string"}},
}

FEED_SCHEMA = {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/CloudEvent"}}}
FEED_CONTENT = {"application/json": FEED_SCHEMA, BATCH: FEED_SCHEMA}
STREAM_CONTENT = {EVENT_STREAM: {"schema": {"type": "string"}}}


def document(app: Litestar) -> dict[str, Any]:
    """The OpenAPI 3.1 document: paths from the routes, schemas from the bodies as they are checked."""
    described = app.openapi_schema.to_schema()
    schemas = schemas_of(BODIES)
    for name in _names(ListingWrite, *WRITTEN_PRICES, *WRITTEN.values(), *WEBHOOKS_WRITTEN, AccountState, AccountWrite):
        _accept_decimal_strings(schemas[name])
    for name in _names(ListingWrite, *WRITTEN.values()):
        _accept_what_was_read(schemas[name])
    schemas["PricingRuleWrite"] = _one_of(WRITTEN)
    schemas["PricePerM2Write"]["anyOf"] = [{"required": [f"{bound}_price_per_m2_eur"]} for bound in ("min", "max")]
    schemas["CorrectionWrite"]["oneOf"] = [{"required": [name]} for name in ("price_eur", "void")]
    schemas["BatchWrite"]["properties"]["prices"]["items"] = {
        "description": "A `BatchLine`; one that is none is answered as such, and holds up no other."
    }
    schemas["HistoryEntry"] = _one_of(HISTORY_ENTRIES)
    schemas["Problem"]["properties"]["listing"] = {
        "$ref": "#/components/schemas/Listing",
        "description": "What a withdrawn listing was.",
    }
    schemas |= _patches(schemas["ListingWrite"], schemas["PostalAddress"])
    schemas["AccountPatch"] = _patch(schemas.pop("AccountState"), "AccountPatch", RATES)
    schemas["WebhookSearchPatch"] = _patch(schemas["WebhookSearch"], "WebhookSearchPatch")
    schemas["WebhookPatch"] = _patch(schemas.pop("WebhookState"), "WebhookPatch", REMOVABLE)
    schemas["WebhookPatch"]["properties"]["search"] = {
        "anyOf": [{"$ref": "#/components/schemas/WebhookSearchPatch"}, {"type": "null"}]
    }
    described["components"] = {"schemas": schemas, "securitySchemes": SCHEMES}
    scopes = scopes_of(app)
    described["paths"]["/listings/{id}/relist"]["post"]["requestBody"]["required"] = False
    for path, patch in PATCHES.items():
        content = described["paths"][path]["patch"]["requestBody"]["content"]["application/json"]
        content["schema"] = {"$ref": f"#/components/schemas/{patch}"}
    described["paths"]["/listings/{id}/prices"]["get"]["responses"]["200"]["content"] = HISTORY_CONTENT
    described["paths"]["/events"]["get"]["responses"]["200"]["content"] = FEED_CONTENT
    described["paths"]["/events/stream"]["get"]["responses"]["200"]["content"] = STREAM_CONTENT
    schemas["CloudEvent"]["properties"]["data"] = {"type": "object", "description": "What the type of the event says."}
    for path in described["paths"].values():
        for operation in path.values():
            _describe_parameters(operation)
            describe_security(operation, scopes[operation["operationId"]])
            describe_errors(operation)
            describe_headers(operation)
    return described


def _names(*bodies: type) -> list[str]:
    return [body.__name__ for body in bodies]


def _accept_decimal_strings(written: dict[str, Any]) -> None:
    properties = written["properties"]
    for name in DECIMAL_STRINGS.keys() & properties:
        number = properties[name]
        number.update(type=[number["type"], "string"], pattern=DECIMAL_STRINGS[name])


def _accept_what_was_read(written: dict[str, Any]) -> None:
    properties = written["properties"]
    if phone_number := properties.get("contact_phone_number"):
        phone_number["pattern"] = f"^$|{phone_number['pattern']}"
    for name in READ_ONLY:
        properties[name] = {"readOnly": True, "description": "Ignored, so that what was read may be sent back."}


def _one_of(bodies: Mapping[Any, type]) -> dict[str, Any]:
    """A body that is one of several, told apart by its `kind`."""
    references = {kind: f"#/components/schemas/{body.__name__}" for kind, body in bodies.items()}
    return {
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {"propertyName": "kind", "mapping": references},
    }


def _patches(listing_write: dict[str, Any], postal_address: dict[str, Any]) -> dict[str, Any]:
    """The merge patches of a listing: any of its properties, of which only one may be removed."""
    address_patch = {name: value for name, value in postal_address.items() if name != "required"}
    listing_patch = {name: value for name, value in listing_write.items() if name != "required"}
    phone_number = listing_write["properties"]["contact_phone_number"]
    listing_patch["properties"] = listing_write["properties"] | {
        "contact_phone_number": phone_number | {"type": ["string", "null"]},
        "postal_address": {"$ref": "#/components/schemas/PostalAddressPatch"},
    }
    return {
        "ListingPatch": listing_patch | ABOUT_PATCHES | {"title": "ListingPatch"},
        "PostalAddressPatch": address_patch | ABOUT_PATCHES | {"title": "PostalAddressPatch"},
    }


def _patch(whole: dict[str, Any], title: str, removable: Collection[str] | None = None) -> dict[str, Any]:
    """The merge patch of something: any of its properties, of which only some may be removed, or (None) all."""
    patch = {name: value for name, value in deepcopy(whole).items() if name != "required"}
    for name in patch["properties"].keys() if removable is None else removable:
        _let_be_null(patch["properties"][name])
    return patch | ABOUT_PATCHES | {"title": title}


def _let_be_null(schema: dict[str, Any]) -> None:
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        schema["type"] = [*kinds, "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]


def _describe_parameters(operation: dict[str, Any]) -> None:
    """A parameter that may be left out is never null."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        kinds = [kind for kind in schema.pop("oneOf", []) if kind != {"type": "null"}]
        for kind in kinds:
            parameter["schema"] = kind | schema
