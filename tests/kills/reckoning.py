"""What became of events: pure, from the history that was committed and the effects that were seen."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

Told = tuple[int, int, str]
"""An event by its listing, version and type."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A price that the API said it had taken."""

    listing_id: int
    price_eur: int


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Everything that must not be: each of these is empty where the promise is kept."""

    unwritten: Sequence[Acknowledged] = ()
    lost: Sequence[Told] = ()
    invented: Sequence[Told] = ()
    doubled: Sequence[Told] = ()
    reordered: Sequence[Told] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.unwritten or self.lost or self.invented or self.doubled or self.reordered)

    @property
    def numbers(self) -> Mapping[str, int]:
        """How many there are of each."""
        return {name: len(getattr(self, name)) for name in ("unwritten", "lost", "invented", "doubled", "reordered")}


@dataclass(slots=True)
class Evidence:
    """What was acknowledged, what is in the history by listing and version, and the effects in their order."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    history: Mapping[tuple[int, int], int] = field(default_factory=dict)
    effects: Sequence[Told] = ()


def reckon(evidence: Evidence) -> Reckoning:
    """Hold the effects against the history, and the history against what was acknowledged."""
    expected = {(listing_id, version, type_of(version)) for listing_id, version in evidence.history}
    times = Counter(evidence.effects)
    return Reckoning(
        unwritten=_unwritten(evidence),
        lost=sorted(expected - times.keys()),
        invented=sorted(times.keys() - expected),
        doubled=sorted(told for told, number in times.items() if number > 1),
        reordered=_reordered(evidence.effects),
    )


def type_of(version: int) -> str:
    """The event of an entry: a listing's first price comes with the listing."""
    return "listing.created" if version == 1 else "price.changed"


def _unwritten(evidence: Evidence) -> Sequence[Acknowledged]:
    """What was acknowledged, and is not in the history just once; no price is written twice."""
    written = Counter(Acknowledged(listing_id, price) for (listing_id, _), price in evidence.history.items())
    return [each for each in evidence.acknowledged if written[each] != 1]


def _reordered(effects: Collection[Told]) -> Sequence[Told]:
    """Effects that came, for the first time, after one of a later version of the same listing."""
    newest: dict[int, int] = {}
    seen: set[Told] = set()
    late = []
    for told in effects:
        listing_id, version, _ = told
        if told not in seen and version < newest.get(listing_id, 0):
            late.append(told)
        seen.add(told)
        newest[listing_id] = max(version, newest.get(listing_id, 0))
    return late
