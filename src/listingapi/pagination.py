"""Pages of lists: keyset cursors, and the `Link` header (RFC 8288) that leads to the next page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

import msgspec

from listingapi.errors import FieldProblem, InvalidRequest

LARGEST_BIGINT = 2**63 - 1
LONGEST_CURSOR = 64
NOT_OUR_CURSOR = FieldProblem("?cursor", "must be a cursor from a Link header of this list")

BigInt = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_BIGINT)]

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items in order, and the place of the last one if more follow."""

    items: Sequence[Item]
    last: Any = None

    @classmethod
    def of(cls, found: Sequence[Item], limit: int, *, place: Callable[[Item], Any]) -> "Page[Item]":
        """Make a page of what a query for `limit + 1` items found."""
        if len(found) <= limit:
            return cls(found)
        return cls(found[:limit], place(found[limit - 1]))


def write_cursor(place: Any) -> str:
    """Pack the place of an item in its list, opaque to clients."""
    return urlsafe_b64encode(msgspec.msgpack.encode(place)).decode().rstrip("=")


def read_cursor(cursor: str | None, kind: Any) -> Any:
    """Unpack a place of a `kind` that msgspec knows; None for no cursor.

    Raises:
        InvalidRequest: the cursor was not made by this list.
    """
    if cursor is None:
        return None
    if len(cursor) > LONGEST_CURSOR:
        raise InvalidRequest([NOT_OUR_CURSOR])
    try:
        packed = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        # A date that was packed as one is in UTC; a forged one in words might not be, and overflow later.
        return msgspec.convert(msgspec.msgpack.decode(packed), kind, builtin_types=(datetime,))
    except (NotBase64, ValueError, msgspec.MsgspecError):
        raise InvalidRequest([NOT_OUR_CURSOR]) from None


def link_header(path: str, page: Page[Any], limit: int) -> dict[str, str]:
    """The header that names the next page, if there is one."""
    if page.last is None:
        return {}
    query = urlencode({"limit": limit, "cursor": write_cursor(page.last)})
    return {"Link": f'<{path}?{query}>; rel="next"'}
