"""Whole answers are kept for a moment, in bounded memory; pure."""

from collections import OrderedDict
from typing import NamedTuple

from listingapi.hot.asked_pages import PageKey
from listingapi.hot.line import OLDEST_SECONDS

Headers = tuple[tuple[bytes, bytes], ...]

# What an entry takes beside the bytes of its body and of what it is kept under, about.
OVERHEAD_BYTES = 2_000


class Page(NamedTuple):
    """An answer without what all answers have, and when the read began of which it was made."""

    status: int
    headers: Headers
    body: bytes
    began: float

    def is_recent(self, now: float) -> bool:
        """Whether it may still be told to those who may get what was there a moment ago."""
        return now - self.began < OLDEST_SECONDS


class KeptPages:
    """Keeps answers while they are recent; the least lately used of them goes when there is too much."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[PageKey, Page] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: PageKey, now: float) -> Page | None:
        """What is kept, unless it is too old."""
        page = self._kept.get(key)
        if page is None or not page.is_recent(now):
            return None
        self._kept.move_to_end(key)
        return page

    def put(self, key: PageKey, page: Page, now: float) -> None:
        """Keep an answer, unless one that was read later is kept already; what is too old goes."""
        before = self._kept.get(key)
        if before and before.began > page.began:
            return
        self._drop(key)
        self._kept[key] = page
        self.bytes += _size(key, page)
        while self._kept and (self.bytes > self._most_bytes or not self._least_used.is_recent(now)):
            self._drop(next(iter(self._kept)))

    @property
    def _least_used(self) -> Page:
        return next(iter(self._kept.values()))

    def _drop(self, key: PageKey) -> None:
        if page := self._kept.pop(key, None):
            self.bytes -= _size(key, page)


def _size(key: PageKey, page: Page) -> int:
    return len(page.body) + sum(map(len, key)) + OVERHEAD_BYTES
