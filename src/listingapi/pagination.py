"""Pages of lists, and the signed keyset cursors that say where one starts."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.infra.signing import Signer

LARGEST_BIGINT = 2**63 - 1
LONGEST_CURSOR = 256
DIGEST_BYTES = 8
NOT_OUR_CURSOR = FieldProblem("?cursor", "must be a cursor from a Link header of this list")
OF_ANOTHER_SEARCH = FieldProblem("?cursor", "belongs to another search; it goes on with the parameters of its own")

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


class Cursors:
    """Makes the cursors of lists, opaque to clients, and reads its own.

    A cursor holds the place of an item and a digest of its `search`: whatever says which items are listed, and in
    which order. How many are on a page, and how they are shown, is no part of that. A later release has to describe
    the same search by the same value, or it refuses the cursors that clients hold.
    """

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def write(self, place: Any, search: Any) -> str:
        """Pack a place in a list; `place` and `search` are what msgpack can hold."""
        return _as_text(self._signer.sign(msgspec.msgpack.encode((_digest(search), place))))

    def read(self, cursor: str, kind: Any, search: Any) -> Any:
        """Unpack a place of a `kind` that msgspec knows.

        Raises:
            InvalidRequest: it is not a cursor of ours, or one of another search.
        """
        content = self._signer.verify(_as_bytes(cursor))
        if content is None:
            raise InvalidRequest([NOT_OUR_CURSOR])
        digest, place = msgspec.msgpack.decode(content, type=tuple[bytes, msgspec.Raw])
        if digest != _digest(search):
            raise InvalidRequest([OF_ANOTHER_SEARCH])
        return msgspec.msgpack.decode(place, type=kind)


def _digest(search: Any) -> bytes:
    return hashlib.sha256(msgspec.json.encode(search, order="sorted")).digest()[:DIGEST_BYTES]


def _as_text(packed: bytes) -> str:
    return urlsafe_b64encode(packed).decode().rstrip("=")


def _as_bytes(cursor: str) -> bytes:
    """What a cursor packs; nothing if its text was written in any other way than ours."""
    if len(cursor) > LONGEST_CURSOR:
        return b""
    try:
        packed = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
    except (NotBase64, ValueError):
        return b""
    return packed if _as_text(packed) == cursor else b""
