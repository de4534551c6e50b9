"""What clients saw and were told, as it is kept: compact, for there are a million reads; times by CLOCK_MONOTONIC."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from struct import Struct
from typing import Literal, NamedTuple, get_args

import msgspec

Kind = Literal["listing", "history", "summary", "page", "rehearsal"]
Asking = Literal["anonymous", "no-cache", "key"]
KINDS: Sequence[Kind] = get_args(Kind)
ASKING: Sequence[Asking] = get_args(Asking)
# These tell a price, and no version.
TELL_PRICES: frozenset[Kind] = frozenset(("summary", "page"))

EDGE = "nginx"
ROW = Struct("<HIBBBdf")


class Seen(NamedTuple):
    """A read that began then showed a listing at a version; `number` is its price where none is told."""

    listing: int
    number: int
    kind: Kind
    asking: Asking
    place: str
    began: float
    took: float


class Acknowledged(msgspec.Struct, frozen=True, array_like=True):
    """Somebody was told, at a time and by a place, that a listing has a price, as this version."""

    listing: int
    version: int
    price: int
    place: str
    at: float


class Body(msgspec.Struct, frozen=True, array_like=True):
    """The prices in an answer that said to be of a version: the whole history, or the last price alone."""

    listing: int
    version: int
    prices: tuple[int, ...]
    is_whole: bool


class Failure(msgspec.Struct, frozen=True, array_like=True):
    """A request that was answered with an error, or not at all (0)."""

    place: str
    at: float
    status: int
    what: str


class Told(msgspec.Struct):
    """What a process of clients tells at its end, beside what its reads showed."""

    acknowledged: list[Acknowledged] = []
    bodies: list[Body] = []
    failures: list[Failure] = []
    reads: Mapping[str, int] = {}


class Rows:
    """A file of what reads showed; `places` are numbered in the order in which they are given."""

    def __init__(self, path: Path, places: Sequence[str]) -> None:
        self._path = path
        self._places = places
        self._numbers = {place: number for number, place in enumerate(places)}

    def pack(self, seen: Seen) -> bytes:
        """As it is written to the file."""
        kind, asking = KINDS.index(seen.kind), ASKING.index(seen.asking)
        return ROW.pack(seen.listing, seen.number, kind, asking, self._numbers[seen.place], seen.began, seen.took)

    def __iter__(self) -> Iterator[Seen]:
        for listing, number, kind, asking, place, began, took in ROW.iter_unpack(self._path.read_bytes()):
            yield Seen(listing, number, KINDS[kind], ASKING[asking], self._places[place], began, took)


class AllRows:
    """Those of several files, each time anew."""

    def __init__(self, files: Sequence[Rows]) -> None:
        self._files = files

    def __iter__(self) -> Iterator[Seen]:
        return chain.from_iterable(self._files)
