"""The OpenAPI document of the API, and the page that shows it."""

from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from mimetypes import guess_type
from pathlib import Path
from typing import Any

import msgspec
import swagger_ui_bundle
from litestar import Litestar, MediaType, Router, get
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.params import FromPath
from litestar.response import File

from listingapi.errors import PROBLEM_JSON, APIError, Problem
from listingapi.listings.schemas import READ_ONLY, Listing, ListingWrite
from listingapi.money import LARGEST_EUROS, Euros, TwoDecimals
from listingapi.percent import LARGEST_PERCENT, Percent
from listingapi.prices.schemas import Price
from listingapi.rules.schemas import ANSWERED, WRITTEN

CONFIG = OpenAPIConfig(
    title="ListingAPI",
    version=version("listingapi"),
    summary="The system of record for property listings and their price history.",
    use_handler_docstrings=True,
)

BODIES = (APIError, Listing, ListingWrite, Price, Problem, *ANSWERED.values(), *WRITTEN.values())

DECIMAL_STRINGS = {
    "latest_price_eur": r"^\d{1,12}(\.\d{1,2}0*)?$",
    "surface_area_m2": r"^\d{1,12}(\.\d+)?$",
    "rooms_count": r"^0*[1-9]\d{0,8}(\.0+)?$",
    "bedrooms_count": r"^0*\d{1,9}(\.0+)?$",
    "max_change_percent": r"^(0*[1-9]\d{0,6}(\.\d{1,2}0*)?|0+\.(0[1-9]|[1-9]\d?)0*)$",
    "min_price_per_m2_eur": r"^\d{1,12}(\.\d{1,2}0*)?$",
    "max_price_per_m2_eur": r"^\d{1,12}(\.\d{1,2}0*)?$",
    "min_interval_seconds": r"^0*[1-9]\d{0,8}(\.0+)?$",
}
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
ERRORS_OF_WRITES_ON_A_VERSION = {
    HTTPStatus.PRECONDITION_FAILED: "The listing has none of the ETags in `If-Match`: someone else wrote it in between."
}
ERRORS_OF_PATHS = {HTTPStatus.NOT_FOUND: "There is no such listing."}
ERRORS_OF_RULE_PATHS = {HTTPStatus.NOT_FOUND: "The caller's account has no such pricing rule."}
ERRORS_OF_NAMED_ATTEMPTS = {
    HTTPStatus.CONFLICT: "The first request with this `Idempotency-Key` is still running, a pricing rule asks for a "
    "confirmation of the price, or the account has all the pricing rules that it may have; the message says which.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The `Idempotency-Key` came with another request before, or is none.",
}

DOCS_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ListingAPI</title>
<link rel="icon" href="/docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
DOCS_SCRIPT = 'SwaggerUIBundle({ url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true });\n'


def document(app: Litestar) -> dict[str, Any]:
    """The OpenAPI 3.1 document: paths from the routes, schemas from the bodies as they are checked."""
    described = app.openapi_schema.to_schema()
    _, schemas = msgspec.json.schema_components(
        BODIES, ref_template="#/components/schemas/{name}", schema_hook=_custom_schema
    )
    for schema in schemas.values():
        _publish_portable_patterns(schema)
    for name in ("ListingWrite", *(body.__name__ for body in WRITTEN.values())):
        _accept_what_clients_send(schemas[name])
    schemas["PricingRuleWrite"] = _one_of(WRITTEN)
    schemas["PricePerM2Write"]["anyOf"] = [{"required": [f"{bound}_price_per_m2_eur"]} for bound in ("min", "max")]
    schemas |= _patches(schemas["ListingWrite"], schemas["PostalAddress"])
    described["components"] = {"schemas": schemas}
    patch = described["paths"]["/listings/{id}"]["patch"]["requestBody"]["content"]["application/json"]
    patch["schema"] = {"$ref": "#/components/schemas/ListingPatch"}
    for path in described["paths"].values():
        for operation in path.values():
            _describe_parameters(operation)
            _describe_errors(operation)
    return described


def routes(describe: Callable[[], dict[str, Any]]) -> list[Any]:
    """`/openapi.json`, and `/docs`, which needs nothing from another host."""
    assets = {path.name: path for path in Path(swagger_ui_bundle.swagger_ui_path).iterdir()}

    @cache
    def encoded() -> bytes:
        return msgspec.json.format(msgspec.json.encode(describe()), indent=2)

    @get("/openapi.json", media_type=MediaType.JSON, sync_to_thread=False)
    def openapi_json() -> bytes:
        return encoded()

    @get("/docs", media_type=MediaType.HTML, sync_to_thread=False)
    def docs() -> str:
        return DOCS_PAGE

    @get("/docs/start.js", media_type="text/javascript", sync_to_thread=False)
    def start() -> str:
        return DOCS_SCRIPT

    @get("/docs/assets/{name:str}", sync_to_thread=False)
    def asset(name: FromPath[str]) -> File:
        if name not in assets:
            raise NotFoundException
        return File(assets[name], media_type=guess_type(name)[0], content_disposition_type="inline")

    return [Router("/", route_handlers=[openapi_json, docs, start, asset], include_in_schema=False)]


def _custom_schema(kind: type) -> dict[str, Any]:
    if kind is Percent:
        return {"type": "number", "exclusiveMinimum": 0, "maximum": float(LARGEST_PERCENT), "multipleOf": 0.01}
    if kind is Euros:
        return {"type": "number", "minimum": 0, "maximum": float(LARGEST_EUROS), "multipleOf": 0.01}
    if kind is TwoDecimals:
        return {"type": "number"}
    raise NotImplementedError(kind)  # how a hook tells msgspec that it does not know the type


def _publish_portable_patterns(schema: dict[str, Any]) -> None:
    """Say in every regex dialect what Python's checks; `x-pattern` beside a field's own pattern holds that."""
    for field in schema.get("properties", {}).values():
        if "x-pattern" in field:
            field["pattern"] = field.pop("x-pattern")


def _accept_what_clients_send(written: dict[str, Any]) -> None:
    properties = written["properties"]
    for name in DECIMAL_STRINGS.keys() & properties:
        number = properties[name]
        number.update(type=[number["type"], "string"], pattern=DECIMAL_STRINGS[name])
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
    about = {"description": "What is left out stays as it is (RFC 7396)."}
    return {
        "ListingPatch": listing_patch | about | {"title": "ListingPatch"},
        "PostalAddressPatch": address_patch | about | {"title": "PostalAddressPatch"},
    }


def _describe_parameters(operation: dict[str, Any]) -> None:
    """A parameter that may be left out is never null."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        kinds = [kind for kind in schema.pop("oneOf", []) if kind != {"type": "null"}]
        schema.update(*kinds)


def _describe_errors(operation: dict[str, Any]) -> None:
    errors = dict(ERRORS_OF_EVERY_OPERATION)
    parameters = operation.get("parameters", [])
    if any(parameter["in"] == "path" for parameter in parameters):
        errors |= ERRORS_OF_PATHS
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
