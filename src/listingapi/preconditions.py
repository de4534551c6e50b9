"""Conditional requests (RFC 9110): a listing's ETag is its version, strong, so a client can tell whether it changed."""

import re
from typing import Annotated, Any

from litestar import Response
from litestar.openapi import ResponseSpec
from litestar.params import HeaderParameter
from litestar.status_codes import HTTP_304_NOT_MODIFIED

ENTITY_TAG = re.compile(r'(?:W/)?"([^"]*)"')
ANY = "*"
NOT_MODIFIED = {
    HTTP_304_NOT_MODIFIED: ResponseSpec(data_container=None, description="The client has this version already.")
}

IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="Write only if the listing still has one of these ETags (else 412)."),
]
IfNoneMatch = Annotated[
    str | None, HeaderParameter(name="If-None-Match", description="Answer 304 if the listing has one of these ETags.")
]


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def not_modified(version: int) -> Response[Any]:
    """Tell a client that it has this version already."""
    return Response(None, status_code=HTTP_304_NOT_MODIFIED, headers={"ETag": etag(version)})


def is_known(if_none_match: str | None, version: int) -> bool:
    """Whether the client has this version already; a weak ETag will do."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == ANY or str(version) in ENTITY_TAG.findall(if_none_match)


def accepted_versions(if_match: str | None) -> frozenset[int] | None:
    """The versions that a write may be made on; None for any. A weak ETag names no version."""
    if if_match is None or if_match.strip() == ANY:
        return None
    strong = (tag.strip() for tag in if_match.split(","))
    return frozenset(int(tag[1:-1]) for tag in strong if re.fullmatch(r'"[0-9]{1,19}"', tag))
