"""Holds what was read against what anybody had been told by then, and against what was committed; pure."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import NamedTuple

from tests.faults.freshness.promises import oldest_seconds
from tests.faults.freshness.story import EDGE, TELL_PRICES, Acknowledged, Body, Failure, Seen

ENTRIES_OF_A_PAGE = 1000
EXAMPLES = 3
# Of these a process never tells what it has replaced itself.
KEPT_UNTIL_CHANGED = frozenset(("listing", "history"))

# Versions with their prices, in order, by listing.
History = Mapping[int, Sequence[tuple[int, int]]]


class Outage(NamedTuple):
    """A place was stopped, and could not be counted on until then; the others stood in for it at the edge."""

    place: str
    began: float
    ended: float


@dataclass(slots=True)
class Evidence:
    """All that is known of a run; what was seen is looked through twice.

    `last` are answers of calm places at the end: place, listing, version, prices.
    """

    seen: Iterable[Seen] = ()
    acknowledged: Sequence[Acknowledged] = ()
    history: History = field(default_factory=dict)
    bodies: Collection[Body] = ()
    failures: Sequence[Failure] = ()
    outages: Sequence[Outage] = ()
    last: Sequence[tuple[str, Body]] = ()


@dataclass(slots=True)
class Found:
    """What is wrong, how often, and the first few of each; nothing where the promises are kept.

    `oldest` is for how many seconds something newer had been known of when a read began, at most, by asker and place.
    """

    wrong: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[object]] = field(default_factory=lambda: defaultdict(list))
    oldest: dict[str, float] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong

    @property
    def stale(self) -> int:
        """How many reads told what they could not tell any more."""
        return sum(number for what, number in self.wrong.items() if what.startswith("stale"))

    def add(self, what: str, example: object) -> None:
        """Count something that is wrong."""
        self.wrong[what] += 1
        if len(self.examples[what]) < EXAMPLES:
            self.examples[what].append(example)


class Floors:
    """The newest version of each listing that anybody was told of, by time; tellings are listing, version and time."""

    def __init__(self, tellings: Iterable[tuple[int, int, float]]) -> None:
        first: dict[tuple[int, int], float] = {}
        for listing, version, at in tellings:
            first[listing, version] = min(at, first.get((listing, version), at))
        told: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for (listing, version), at in first.items():
            told[listing].append((at, version))
        self._by_listing = {listing: self._rising(several) for listing, several in told.items()}

    @staticmethod
    def _rising(told: list[tuple[float, int]]) -> tuple[list[float], list[int]]:
        told.sort()
        return [at for at, _ in told], list(accumulate((version for _, version in told), max))

    def age(self, listing: int, version: int, moment: float) -> float | None:
        """How long ago somebody was told first of something newer, if anybody was by then."""
        times, versions = self._by_listing.get(listing, ((), ()))
        number = bisect_right(versions, version)
        return moment - times[number] if number < len(times) and times[number] <= moment else None


def check(evidence: Evidence) -> Found:
    """Find whatever breaks a promise."""
    found = Found()
    _check_reads(evidence, found)
    _check_writes(evidence, found)
    for body in evidence.bodies:
        if not _is_true(body, evidence.history):
            found.add("bodies that are not of their version", body)
    for failure in evidence.failures:
        if not _is_excused(failure, evidence.outages):
            found.add("failures", failure)
    _check_end(evidence, found)
    return found


def _check_reads(evidence: Evidence, found: Found) -> None:
    versions = _versions_by_price(evidence.history)
    told = [(each.listing, each.version, each.at) for each in evidence.acknowledged]
    read = ((seen.listing, _version_in(seen, versions), seen.began + seen.took) for seen in evidence.seen)
    anywhere = Floors(chain(told, read))
    places = {each.place for each in evidence.acknowledged} - {EDGE}
    at = {
        place: Floors((each.listing, each.version, each.at) for each in evidence.acknowledged if each.place == place)
        for place in places
    }
    for seen in evidence.seen:
        version = _version_in(seen, versions)
        age = anywhere.age(seen.listing, version, seen.began)
        if age is None:
            continue
        way, oldest = f"{seen.asking} {seen.place}", oldest_seconds(seen.asking, seen.place)
        found.oldest[way] = max(age, found.oldest.get(way, 0))
        own = at.get(seen.place) if seen.kind in KEPT_UNTIL_CHANGED else None
        if age >= oldest:
            found.add(_name_of(seen, oldest), seen)
        elif own and own.age(seen.listing, version, seen.began) is not None:
            found.add("stale: of what the same process had acknowledged", seen)


def _version_in(seen: Seen, versions: Mapping[tuple[int, int], int]) -> int:
    return versions.get((seen.listing, seen.number), 0) if seen.kind in TELL_PRICES else seen.number


def _name_of(seen: Seen, oldest: float) -> str:
    return f"stale: by {oldest:.0f} s and more, {seen.place}" if oldest else f"stale: {seen.asking}"


def _check_writes(evidence: Evidence, found: Found) -> None:
    """Each price that was acknowledged is in the history once, as the version that was told."""
    written = Counter((listing, price) for listing, entries in evidence.history.items() for _, price in entries)
    versions = _versions_by_price(evidence.history)
    for each in evidence.acknowledged:
        key = each.listing, each.price
        if written[key] != 1 or versions[key] != each.version:
            found.add("acknowledged prices that are not in the history once", each)


def _versions_by_price(history: History) -> Mapping[tuple[int, int], int]:
    return {(listing, price): version for listing, entries in history.items() for version, price in entries}


def _is_true(body: Body, history: History) -> bool:
    entries = [entry for entry in history.get(body.listing, ()) if entry[0] <= body.version]
    prices = tuple(price for _, price in entries)
    is_there = bool(entries) and entries[-1][0] == body.version
    return is_there and body.prices == (prices[:ENTRIES_OF_A_PAGE] if body.is_whole else prices[-1:])


def _is_excused(failure: Failure, outages: Sequence[Outage]) -> bool:
    """Whether the place, or one behind the edge, was stopped then: what it had begun may be lost."""
    return any(
        outage.began <= failure.at <= outage.ended and failure.place in {outage.place, EDGE} for outage in outages
    )


def _check_end(evidence: Evidence, found: Found) -> None:
    for place, body in evidence.last:
        entries = evidence.history[body.listing]
        if body.version != entries[-1][0] or not _is_true(body, evidence.history):
            found.add("places that disagree with PostgreSQL at the end", (place, body))
