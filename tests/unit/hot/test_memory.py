"""What is kept is never older than what is known of, and never more than there is room for."""

import pytest

from listingapi.hot.known import Known
from listingapi.hot.line import Line
from listingapi.hot.memory import KEPT_SECONDS, OVERHEAD_BYTES, Key, Memory
from listingapi.ready import Ready

KEY: Key = ("history", 1)
OTHER: Key = ("history", 2)
BEGIN = 70
ROOM = 10 * (OVERHEAD_BYTES + 1)


@pytest.fixture
def line() -> Line:
    line = Line()
    line.heard(0.0, [])
    return line


@pytest.fixture
def memory(line: Line) -> Memory:
    return Memory(known_from(BEGIN), line, ROOM)


def known_from(position: int) -> Known:
    known = Known()
    known.begin(position)
    return known


def test_what_is_put_is_there(memory: Memory) -> None:
    memory.put(KEY, Ready(1, b"1"), 0.0, BEGIN)

    assert (memory.get(KEY, 0.5), memory.get(OTHER, 0.5)) == (Ready(1, b"1"), None)


def test_a_change_takes_what_is_older(memory: Memory) -> None:
    memory.put(KEY, Ready(1, b"1"), 0.0, BEGIN)
    memory.put(("listing", 1), Ready(1, b"1"), 0.0, BEGIN)
    memory.put(OTHER, Ready(1, b"1"), 0.0, BEGIN)
    memory.changed(1, 2)

    assert [memory.get(key, 0.1) for key in (KEY, ("listing", 1))] == [None, None]
    assert memory.get(OTHER, 0.1) is not None


def test_a_change_leaves_what_has_it_already(memory: Memory) -> None:
    memory.put(KEY, Ready(2, b"2"), 0.0, BEGIN)
    memory.changed(1, 2)

    assert memory.get(KEY, 0.1) == Ready(2, b"2")


def test_an_answer_that_was_on_its_way_during_a_change_is_not_kept(memory: Memory) -> None:
    memory.changed(1, 2)
    memory.put(KEY, Ready(1, b"1"), 0.0, BEGIN)

    assert memory.get(KEY, 0.2) is None


def test_an_older_answer_does_not_take_the_place_of_a_newer_one(memory: Memory) -> None:
    memory.put(KEY, Ready(2, b"2"), 0.1, BEGIN)
    memory.put(KEY, Ready(1, b"1"), 0.0, BEGIN)

    assert memory.get(KEY, 0.2) == Ready(2, b"2")


def test_changes_that_come_out_of_order_do_no_harm(memory: Memory) -> None:
    memory.changed(1, 3)
    memory.changed(1, 2)
    memory.put(KEY, Ready(2, b"2"), 0.0, BEGIN)

    assert memory.get(KEY, 0.2) is None


def test_without_a_line_it_is_kept_for_a_second(memory: Memory) -> None:
    memory.put(KEY, Ready(1, b"1"), 5.0, BEGIN)

    assert (memory.get(KEY, 5.9), memory.get(KEY, 6.0)) == (Ready(1, b"1"), None)


def test_with_a_line_it_is_kept(memory: Memory, line: Line) -> None:
    memory.put(KEY, Ready(1, b"1"), 5.0, BEGIN)
    line.heard(99.5, [])

    assert memory.get(KEY, 100.0) == Ready(1, b"1")


@pytest.mark.parametrize("position", [None, BEGIN - 1])
def test_what_was_read_before_changes_are_told_of_is_not_kept(memory: Memory, position: int | None) -> None:
    assert not memory.put(KEY, Ready(1, b"1"), 0.0, position)
    assert memory.get(KEY, 0.0) is None


def test_it_is_told_how_often_a_listing_was_asked_for(memory: Memory) -> None:
    memory.put(KEY, Ready(1, b"1"), 0.0, BEGIN)
    memory.put(("listing", 1), Ready(1, b"1"), 0.0, BEGIN)
    memory.put(OTHER, Ready(1, b"1"), 0.0, BEGIN)
    for _ in range(5):
        memory.get(KEY, 0.1)

    assert memory.asked(2) == {1: 7, 2: 1}
    assert memory.asked(2) == {}


def test_what_is_not_told_of_what_was_asked_for_is_told_later(memory: Memory) -> None:
    for key in (KEY, OTHER):
        memory.put(key, Ready(1, b"1"), 0.0, BEGIN)
    memory.get(KEY, 0.1)

    assert memory.asked(1) == {1: 2}
    memory.get(OTHER, 0.1)
    assert memory.asked(1) == {2: 2}


def test_what_is_cleared_is_gone(memory: Memory) -> None:
    memory.put(KEY, Ready(1, b"1"), 0.0, BEGIN)
    memory.clear()

    assert (memory.get(KEY, 0.0), len(memory), memory.bytes) == (None, 0, 0)


def test_the_least_lately_used_goes_when_there_is_no_room(memory: Memory) -> None:
    for listing_id in range(1, 11):
        memory.put(("history", listing_id), Ready(1, b"1"), 0.0, BEGIN)
    memory.get(("history", 1), 0.1)
    memory.put(("history", 11), Ready(1, b"1"), 0.1, BEGIN)

    assert memory.get(("history", 1), 0.2) is not None
    assert memory.get(("history", 2), 0.2) is None
    assert (len(memory), memory.bytes) == (10, ROOM)


def test_what_was_asked_for_again_outlives_many_that_were_not(memory: Memory) -> None:
    memory.put(KEY, Ready(1, b"1"), 0.0, BEGIN)
    memory.get(KEY, 0.1)
    for listing_id in range(2, 50):
        memory.put(("history", listing_id), Ready(1, b"1"), 0.1, BEGIN)

    assert memory.get(KEY, 0.2) is not None
    assert (len(memory), memory.bytes) == (10, ROOM)


def test_what_was_asked_for_often_goes_when_others_are_and_it_is_no_more(memory: Memory) -> None:
    memory.put(KEY, Ready(1, b"1"), 0.0, BEGIN)
    memory.get(KEY, 0.1)
    for listing_id in range(2, 50):
        memory.put(("history", listing_id), Ready(1, b"1"), 0.1, BEGIN)
        memory.get(("history", listing_id), 0.1)

    assert memory.get(KEY, 0.2) is None
    assert (len(memory), memory.bytes) == (10, ROOM)


def test_what_takes_the_place_of_what_was_there_counts_as_large_as_it_is(memory: Memory) -> None:
    memory.put(KEY, Ready(1, b"1"), 0.0, BEGIN)
    memory.put(KEY, Ready(2, b"12345"), 0.1, BEGIN)

    assert (memory.get(KEY, 0.2), len(memory), memory.bytes) == (Ready(2, b"12345"), 1, OVERHEAD_BYTES + 5)
    memory.changed(1, 3)
    assert (len(memory), memory.bytes) == (0, 0)


def test_what_is_larger_than_all_there_is_room_for_is_not_kept(memory: Memory) -> None:
    memory.put(KEY, Ready(1, b"x" * ROOM), 0.0, BEGIN)

    assert (memory.get(KEY, 0.1), len(memory), memory.bytes) == (None, 0, 0)


def test_nothing_is_kept_for_longer_than_its_time_and_not_all_goes_at_once(memory: Memory, line: Line) -> None:
    keys: list[Key] = [("history", number) for number in range(9)]
    for key in keys:
        memory.put(key, Ready(1, b""), 0.0, BEGIN)
    left = []
    for share in (0.8, 0.9, 1.0):
        now = share * KEPT_SECONDS
        line.heard(now, [])
        left.append(sum(memory.get(key, now) is not None for key in keys))

    assert left[0] == len(keys)
    assert 0 < left[1] < len(keys)
    assert left[2] == 0
