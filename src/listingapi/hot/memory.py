"""What was read most is kept in the process, ready to send, in bounded memory; pure.

What is kept carries the version of its listing, and so does what is known of changes: an answer that was on its way
while its listing changed can't take the place of what is newer, whichever of the two comes first.
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass
from itertools import chain, product
from typing import Literal

from listingapi.hot.known import Known
from listingapi.hot.line import OLDEST_SECONDS, Line
from listingapi.ready import Ready

Kind = Literal["listing", "history"]
Key = tuple[Kind, int]

KINDS: tuple[Kind, ...] = ("listing", "history")
# What an entry takes beside its bytes, about.
OVERHEAD_BYTES = 300
# Whatever becomes of what is known of changes, an answer is not kept for longer.
KEPT_SECONDS = 900.0
# What is read at the same time does not all go at the same time; drawn for each entry, it would take room in each.
_LIFETIMES = tuple(KEPT_SECONDS * (0.8 + 0.2 * (37 * place % 61) / 61) for place in range(61))
# One of so many is for what was read lately.
PARTS = 10


@dataclass(slots=True)
class Kept:
    """What was read, when the read began, and how often it was asked for since that was told.

    `is_used`: it was asked for again since it was last its turn to go.
    """

    ready: Ready
    began: float
    asked: int = 1
    is_used: bool = False


class Memory:
    """Keeps what was read until its listing changes; what is not asked for again goes when there is too much.

    Most of what is read is read once for a long time. So a tenth is for what was read lately; of that, only what was
    asked for again stays. Where one is as popular as the next by Zipf's law, that saves an eighth of the reads that
    would not be found if the least lately used went.
    """

    def __init__(self, known: Known, line: Line, most_bytes: int) -> None:
        self._known = known
        self._line = line
        self._most_bytes = most_bytes
        self._lately: OrderedDict[int, Kept] = OrderedDict()
        self._often: OrderedDict[int, Kept] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._lately) + len(self._often)

    def get(self, key: Key, now: float) -> Ready | None:
        """What is kept, unless it may be older than it may be."""
        number = _number(key)
        kept = self._find(number)
        if kept is None:
            return None
        age = now - kept.began
        if age >= _LIFETIMES[number % len(_LIFETIMES)] or not (age < OLDEST_SECONDS or self._line.is_good(now)):
            return None
        kept.is_used = True
        kept.asked += 1
        return kept.ready

    def put(self, key: Key, ready: Ready, began: float, position: int | None) -> bool:
        """Keep what a read found that began then, unless something newer is known of, or would not be told.

        `position` is how far the feed was known then; the answer says whether what was found is as new as all that is
        known.
        """
        if not self._known.allows(key[1], ready.version, position):
            return False
        number = _number(key)
        kept = self._find(number)
        if kept is None:
            self._lately[number] = Kept(ready, began)
            self.bytes += _size(ready)
        elif ready.version < kept.ready.version:
            return False
        else:
            self.bytes += _size(ready) - _size(kept.ready)
            kept.ready, kept.began = ready, began
            kept.is_used = True
            kept.asked += 1
        self._make_room()
        return True

    def changed(self, listing_id: int, version: int, position: int | None = None) -> None:
        """A listing has this version now, or a later one."""
        self._known.note(listing_id, version, position)
        for kind in KINDS:
            number = _number((kind, listing_id))
            kept = self._find(number)
            if kept and kept.ready.version < version:
                self._drop(number)

    def clear(self) -> None:
        """Keep nothing of what there is."""
        self._lately.clear()
        self._often.clear()
        self.bytes = 0

    def asked(self, most: int) -> dict[int, int]:
        """How often so many of the listings that are kept were asked for, those asked for most since they were told.

        The others are counted on, until it is their turn.
        """
        counted: Counter[int] = Counter()
        for number, kept in chain(self._lately.items(), self._often.items()):
            if kept.asked:
                counted[number // len(KINDS)] += kept.asked
        told = dict(counted.most_common(most))
        for key in product(KINDS, told):
            if found := self._find(_number(key)):
                found.asked = 0
        return told

    def _find(self, number: int) -> Kept | None:
        return self._often.get(number) or self._lately.get(number)

    def _make_room(self) -> None:
        while self.bytes > self._most_bytes:
            is_lately = not self._often or len(self._lately) * PARTS > len(self)
            number, kept = (self._lately if is_lately else self._often).popitem(last=False)
            if kept.is_used:
                kept.is_used = False
                self._often[number] = kept
            else:
                self.bytes -= _size(kept.ready)

    def _drop(self, number: int) -> None:
        if kept := self._often.pop(number, None) or self._lately.pop(number, None):
            self.bytes -= _size(kept.ready)


def _number(key: Key) -> int:
    """A key as one number, which takes a third of the memory."""
    kind, listing_id = key
    return listing_id * len(KINDS) + KINDS.index(kind)


def _size(ready: Ready) -> int:
    return len(ready.body) + OVERHEAD_BYTES
