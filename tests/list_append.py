"""A list-append checker. Pure: from what clients saw of a history while it was written, it finds what can't be true.

Every write appends a price that no other write of the listing has, so that a price names the write that it came from,
and a reader who saw it saw everything before it. Times are those of one clock that all clients share.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

History = Sequence[int]


@dataclass(frozen=True, slots=True)
class Write:
    """A price that was sent, and whether it was acknowledged; one that was not may stand in the history or not."""

    listing_id: int
    price: int
    writer: int
    start: float
    end: float
    is_acknowledged: bool = True
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """The whole history as a reader saw it, oldest first."""

    listing_id: int
    prices: History
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Glance:
    """The newest price as a reader saw it."""

    listing_id: int
    price: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that no correct history shows; `kind` is one of those below."""

    kind: str
    listing_id: int
    detail: str


LOST = "an acknowledged price is missing"
DOUBLED = "a price is there twice"
UNKNOWN = "a price that nobody wrote"
WRONG_VERSION = "a price stands at another version than was acknowledged"
NO_PREFIX = "a read is no prefix of the final history"
OWN_ORDER = "a writer's own order is broken"
STALE = "a read misses what was acknowledged before it began"
BACKWARDS = "a read shows less than an earlier one"
OVERTAKEN = "a write stands before what was seen before it began"


@dataclass(slots=True)
class Seen:
    """What all clients saw: to be checked against the final histories, each its first price and what was appended."""

    writes: list[Write] = field(default_factory=list)
    reads: list[Read | Glance] = field(default_factory=list)


def check(seen: Seen, final: Mapping[int, Mapping[int, int]]) -> list[Violation]:
    """Find all that contradicts the final histories: by listing, its prices by the versions that they came with."""
    return [violation for listing_id in final for violation in _of_listing(listing_id, seen, final[listing_id])]


def _of_listing(listing_id: int, seen: Seen, versions: Mapping[int, int]) -> Iterator[Violation]:
    history = [versions[version] for version in sorted(versions)]
    writes = [write for write in seen.writes if write.listing_id == listing_id]
    reads = [read for read in seen.reads if read.listing_id == listing_id]
    found = chain(
        _of_entries(history, writes),
        _of_versions(versions, writes),
        _of_prefixes(history, reads),
        _of_own_orders(history, writes),
        _of_times(history, writes, reads),
    )
    return (Violation(kind, listing_id, detail) for kind, detail in found)


Found = Iterator[tuple[str, str]]


def _of_entries(history: History, writes: Iterable[Write]) -> Found:
    times = Counter(history)
    sent = {write.price: write for write in writes}
    for price in times.keys() - sent.keys() - set(history[:1]):
        yield UNKNOWN, f"{price}"
    for price, number in times.items():
        if number > 1:
            yield DOUBLED, f"{price}, {number} times"
    for write in sent.values():
        if write.is_acknowledged and write.price not in times:
            yield LOST, f"{write.price} of writer {write.writer}"


def _of_versions(versions: Mapping[int, int], writes: Iterable[Write]) -> Found:
    for write in writes:
        if write.version is not None and versions.get(write.version) != write.price:
            yield WRONG_VERSION, f"{write.price} as {write.version}, where {versions.get(write.version)} is"


def _of_prefixes(history: History, reads: Iterable[Read | Glance]) -> Found:
    there = set(history)
    for read in reads:
        if isinstance(read, Glance):
            if read.price not in there:
                yield NO_PREFIX, f"the newest was {read.price}"
        elif list(read.prices) != list(history[: len(read.prices)]):
            yield NO_PREFIX, f"of {len(read.prices)} entries, which end in {list(read.prices[-3:])}"


def _of_own_orders(history: History, writes: Iterable[Write]) -> Found:
    place = _lengths(history)
    last: dict[int, Write] = {}
    for write in sorted(writes, key=lambda write: write.start):
        before = last.get(write.writer)
        if write.price not in place:
            continue
        if before and before.end <= write.start and place[before.price] > place[write.price]:
            yield OWN_ORDER, f"{write.price} of writer {write.writer} stands before {before.price}"
        if write.is_acknowledged:
            last[write.writer] = write


@dataclass(frozen=True, slots=True)
class _Sight:
    """That the history had at least so many entries between two times, and who saw that."""

    length: int
    start: float
    end: float
    of: str


def _of_times(history: History, writes: Iterable[Write], reads: Iterable[Read | Glance]) -> Found:
    """Hold each sight against the longest one that had ended before it began."""
    sights = list(_sights(history, writes, reads))
    ended = sorted(sights, key=lambda sight: sight.end)
    longest = _Sight(0, 0, 0, "read")
    next_ended = 0
    for sight in sorted(sights, key=lambda sight: sight.start):
        while ended[next_ended].end < sight.start:
            longest = max(longest, ended[next_ended], key=lambda seen: seen.length)
            next_ended += 1
        if sight.length < longest.length + (sight.of == "write"):
            yield _kind(sight, longest), f"{sight.length} entries at {sight.start}, {longest.length} at {longest.end}"


def _kind(sight: _Sight, longest: _Sight) -> str:
    if sight.of == "write":
        return OVERTAKEN
    return STALE if longest.of == "write" else BACKWARDS


def _sights(history: History, writes: Iterable[Write], reads: Iterable[Read | Glance]) -> Iterator[_Sight]:
    lengths = _lengths(history)
    for write in writes:
        if write.is_acknowledged and write.price in lengths:
            yield _Sight(lengths[write.price], write.start, write.end, "write")
    for read in reads:
        if isinstance(read, Read):
            yield _Sight(len(read.prices), read.start, read.end, "read")
        elif read.price in lengths:
            yield _Sight(lengths[read.price], read.start, read.end, "read")


def _lengths(history: History) -> dict[int, int]:
    """How long the history was once it had a price, by its first entry."""
    return {price: length for length, price in reversed(list(enumerate(history, 1)))}
