"""The parameters that several operations share."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import parse_qsl

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import PathParameter

from listingapi.errors import ListingNotFound, RequestError
from listingapi.pagination import LARGEST_BIGINT

LONGEST_BIGINT = len(str(LARGEST_BIGINT))

IdInPath = Annotated[
    str,
    PathParameter(
        description="The id of a listing.",
        schema_extra={"type": "integer", "minimum": 0, "maximum": LARGEST_BIGINT},
    ),
]
ListingId = NamedDependency[int]


def listing_id_of(id: IdInPath) -> int:
    """The id in a path; what is no integer, or is beyond a bigint, is a listing that does not exist."""
    return bigint_of(id, ListingNotFound)


def bigint_of(text: str, missing: Callable[[object], RequestError]) -> int:
    """A number in a path; what is no integer, or is beyond a bigint, is the number of something that is missing."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_BIGINT else LARGEST_BIGINT + 1
    if number > LARGEST_BIGINT:
        raise missing(text)
    return number


def given_parameters(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    """The query parameters of a request, in the order in which they came."""
    return parse_qsl(request.scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True)
