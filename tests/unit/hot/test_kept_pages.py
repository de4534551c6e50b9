"""Pages are kept for a second, and never more than there is room for."""

import pytest

from listingapi.hot.asked_pages import PageKey
from listingapi.hot.kept_pages import OVERHEAD_BYTES, KeptPages, Page

SIZE = OVERHEAD_BYTES + 10


def key(number: int) -> PageKey:
    """A key of nine bytes."""
    return b"/listings"[:8], b"%d" % number, b"", b""


def page(began: float, body: bytes = b"1") -> Page:
    return Page(200, (), body, began)


@pytest.fixture
def kept() -> KeptPages:
    return KeptPages(10 * SIZE)


def test_a_page_is_kept_for_a_second_from_when_its_read_began(kept: KeptPages) -> None:
    kept.put(key(1), page(5.0), 5.8)

    assert (kept.get(key(1), 5.9), kept.get(key(1), 6.0), kept.get(key(2), 5.9)) == (page(5.0), None, None)


def test_what_was_read_later_stays(kept: KeptPages) -> None:
    kept.put(key(1), page(5.1, b"2"), 5.2)
    kept.put(key(1), page(5.0, b"1"), 5.3)

    assert kept.get(key(1), 5.4) == page(5.1, b"2")


def test_what_was_read_later_takes_the_place_of_what_was_there(kept: KeptPages) -> None:
    kept.put(key(1), page(5.0, b"1"), 5.1)
    kept.put(key(1), page(5.1, b"2"), 5.2)

    assert kept.get(key(1), 5.3) == page(5.1, b"2")
    assert (len(kept), kept.bytes) == (1, SIZE)


def test_the_least_lately_used_goes_when_there_is_no_room(kept: KeptPages) -> None:
    for number in range(10):
        kept.put(key(number), page(5.0), 5.0)
    kept.get(key(0), 5.1)
    kept.put((b"/listing", b"n", b"", b""), page(5.0), 5.1)

    assert [number for number in range(10) if kept.get(key(number), 5.2) is None] == [1]
    assert (len(kept), kept.bytes) == (10, 10 * SIZE)


def test_what_is_too_old_takes_no_room(kept: KeptPages) -> None:
    for number in range(5):
        kept.put(key(number), page(5.0), 5.0)
    kept.put(key(9), page(6.1), 6.2)

    assert (len(kept), kept.bytes) == (1, SIZE)


@pytest.mark.parametrize(
    ("body", "now"),
    [pytest.param(b"x" * 10 * SIZE, 5.1, id="too large"), pytest.param(b"1", 6.1, id="too old already")],
)
def test_what_can_not_be_kept_leaves_nothing(kept: KeptPages, body: bytes, now: float) -> None:
    kept.put(key(1), page(5.0, body), now)

    assert (len(kept), kept.bytes) == (0, 0)
