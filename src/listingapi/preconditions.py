"""Conditional requests (RFC 9110): a listing's ETag is its version, strong, so a client can tell whether it changed."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request, Response
from litestar.openapi import ResponseSpec
from litestar.params import HeaderParameter
from litestar.status_codes import HTTP_304_NOT_MODIFIED

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


@dataclass(frozen=True, slots=True)
class Known:
    """The ETags that a client has an answer for; None for any."""

    etags: frozenset[str] | None = frozenset()

    def has(self, version: int) -> bool:
        """Whether the client has this version already; a weak ETag will do."""
        return self.etags is None or not self.etags.isdisjoint({etag(version), f"W/{etag(version)}"})


def known_of(request: Request[Any, Any, Any], if_none_match: IfNoneMatch = None) -> Known:
    """What the client that sent a request has already."""
    return Known() if if_none_match is None else Known(listed_etags(request, "If-None-Match"))


def listed_etags(request: Request[Any, Any, Any], header: str) -> frozenset[str] | None:
    """The ETags in a header, all its lines together; None for any.

    One with a comma in it is taken apart, and one that is malformed is kept: neither is the ETag of a version.
    """
    return etags_in(", ".join(request.headers.getall(header)))


def etags_in(listed: str) -> frozenset[str] | None:
    """The same by the value of the header."""
    return None if listed.strip() == ANY else frozenset(tag.strip() for tag in listed.split(","))
