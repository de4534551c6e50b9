"""A client is waited for in all and between two moves, while it is the client who is waited for."""

from collections.abc import Callable
from typing import Any

import pytest

from listingapi.infra.deadlines import Deadline


class Loop:
    """An event loop whose time is in the hand of the test."""

    def __init__(self) -> None:
        self._now = 0.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self._now

    def call_at(self, when: float, call: Callable[[], None]) -> "Timer":
        self.timers.append((when, call))
        return Timer(self, (when, call))

    def advance(self, seconds: float) -> None:
        """Let time pass, and call what is due, in its order."""
        end = self._now + seconds
        while due := sorted((timer for timer in self.timers if timer[0] <= end), key=lambda timer: timer[0]):
            self.timers.remove(due[0])
            self._now = due[0][0]
            due[0][1]()
        self._now = end


class Timer:
    def __init__(self, loop: Loop, timer: tuple[float, Callable[[], None]]) -> None:
        self._loop, self._timer = loop, timer

    def cancel(self) -> None:
        if self._timer in self._loop.timers:
            self._loop.timers.remove(self._timer)


class Waiting:
    """A deadline of 30 seconds in all and 10 between two moves, and how often it ran out."""

    def __init__(self) -> None:
        loop: Any = Loop()
        self.loop: Loop = loop
        self.times_late = 0
        self.is_waiting = True
        self.deadline = Deadline(loop, lambda: self.is_waiting, self._count)
        self.deadline.start(30, 10)

    def _count(self) -> None:
        self.times_late += 1


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


def test_who_does_nothing_is_late_after_the_time_between_two_moves(waiting: Waiting) -> None:
    waiting.loop.advance(9.9)
    assert waiting.times_late == 0
    waiting.loop.advance(0.1)
    assert waiting.times_late == 1


def test_who_moves_is_late_after_the_time_in_all(waiting: Waiting) -> None:
    for _ in range(29):
        waiting.loop.advance(1)
        waiting.deadline.move()
    assert waiting.times_late == 0
    waiting.loop.advance(1)
    assert waiting.times_late == 1


def test_who_waits_for_us_has_all_the_time(waiting: Waiting) -> None:
    waiting.is_waiting = False
    waiting.loop.advance(1000)
    waiting.is_waiting = True
    assert waiting.times_late == 0
    waiting.loop.advance(10)
    assert waiting.times_late == 1


def test_who_is_done_is_never_late(waiting: Waiting) -> None:
    waiting.deadline.stop()
    waiting.loop.advance(1000)

    assert waiting.times_late == 0
    assert not waiting.loop.timers


def test_it_starts_anew(waiting: Waiting) -> None:
    waiting.loop.advance(9)
    waiting.deadline.start(5, 5)
    waiting.loop.advance(4.9)
    assert waiting.times_late == 0
    waiting.loop.advance(0.1)
    assert waiting.times_late == 1


def test_one_timer_runs_however_often_the_client_moves(waiting: Waiting) -> None:
    for _ in range(100):
        waiting.deadline.move()

    assert len(waiting.loop.timers) == 1
