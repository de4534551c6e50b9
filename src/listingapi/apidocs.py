"""The addresses at which the OpenAPI document is read, by programs and by people."""

from collections.abc import Callable
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any

import msgspec
import swagger_ui_bundle
from litestar import MediaType, Router, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import File

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
# Swagger UI draws its arrows from data: addresses, and sets styles by script, which no policy minds.
DOCS_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# The same for everybody until there is another release. nginx, which heeds the second one, is to keep it as long.
KEPT = {
    "Cache-Control": "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400",
    "X-Accel-Expires": "60",
}
DOCS_SCRIPT = 'SwaggerUIBundle({ url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true });\n'


def routes(describe: Callable[[], dict[str, Any]]) -> list[Any]:
    """`/openapi.json`, and `/docs`, which needs nothing from another host."""
    assets = {path.name: path for path in Path(swagger_ui_bundle.swagger_ui_path).iterdir()}

    @cache
    def encoded() -> bytes:
        return msgspec.json.format(msgspec.json.encode(describe()), indent=2)

    @get("/openapi.json", media_type=MediaType.JSON, sync_to_thread=False)
    def openapi_json() -> bytes:
        return encoded()

    @get("/docs", media_type=MediaType.HTML, response_headers=DOCS_HEADERS, sync_to_thread=False)
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

    handlers = [openapi_json, docs, start, asset]
    return [Router("/", route_handlers=handlers, response_headers=KEPT, include_in_schema=False)]
