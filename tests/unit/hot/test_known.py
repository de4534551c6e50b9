"""What was read is believed only if all is known that may have changed since."""

import pytest

from listingapi.hot.known import Known

BEGIN = 70


@pytest.fixture
def known() -> Known:
    known = Known(most_listings=3)
    known.begin(BEGIN)
    return known


READS = [
    pytest.param(1, 5, BEGIN, True, id="nothing is known of it"),
    pytest.param(1, 5, BEGIN + 50, True, id="read by who knows more"),
    pytest.param(1, 5, BEGIN - 1, False, id="read before all was known"),
    pytest.param(1, 5, None, False, id="read by who knew nothing"),
    pytest.param(2, 4, BEGIN, False, id="changed since"),
    pytest.param(2, 5, BEGIN, True, id="this change is in it"),
    pytest.param(2, 6, BEGIN, True, id="a later change is in it"),
    pytest.param(2, 4, BEGIN + 10, False, id="whoever read it can't have known how far that went"),
]


@pytest.mark.parametrize(("listing_id", "version", "position", "is_allowed"), READS)
def test_what_is_allowed(
    known: Known, listing_id: int, version: int, position: int | None, *, is_allowed: bool
) -> None:
    known.note(2, 5, BEGIN + 1)

    assert known.allows(listing_id, version, position) is is_allowed


def test_nothing_is_allowed_before_anything_is_known() -> None:
    assert not Known().allows(1, 1, 0)


def test_the_latest_version_counts_in_whichever_order_they_are_told(known: Known) -> None:
    known.note(2, 5, BEGIN + 2)
    known.note(2, 4, BEGIN + 1)

    assert [known.allows(2, version, BEGIN) for version in (4, 5)] == [False, True]


def test_what_was_read_before_a_change_that_was_forgotten_is_not_believed(known: Known) -> None:
    for listing_id in range(1, 5):
        known.note(listing_id, 2, BEGIN + listing_id)

    assert [known.allows(9, 1, position) for position in (BEGIN, BEGIN + 1)] == [False, True]
    assert not known.allows(2, 1, BEGIN + 1)


def test_who_changes_often_is_remembered_once(known: Known) -> None:
    for version in range(2, 100):
        known.note(1, version, BEGIN + version)

    assert known.allows(9, 1, BEGIN)


def test_after_a_new_beginning_nothing_of_before_counts(known: Known) -> None:
    known.note(2, 5, BEGIN + 1)
    known.begin(BEGIN - 10)

    assert known.allows(2, 4, BEGIN - 10)
