"""How the benchmark measures: in turn, with what comes before the first round left out."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from bench.ratios.measuring import Memory, Plan, measure, watch_memory
from bench.ratios.samples import Sample
from bench.ratios.scenarios import Scenario


class Server:
    """Grows."""

    def __init__(self) -> None:
        self._sizes = iter((100.0, 130.0))

    def memory_mb(self) -> float:
        return next(self._sizes)


def noting(name: str, turns: list[str]) -> Callable[[Random, int], Sample]:
    def run(_: Random, seconds: int) -> Sample:
        turns.append(name)
        return Sample(float(len(turns)), 1.0, float(seconds))

    return run


def test_everyone_has_a_turn_in_each_round() -> None:
    turns: list[str] = []

    measured = measure("list", Scenario("", {name: noting(name, turns) for name in "AB"}), Plan(2, 3))

    assert turns == ["A", "B"] * 3
    assert [sample.per_second for sample in measured.samples["A"]] == [3, 5]
    assert [sample.p99_ms for sample in measured.samples["B"]] == [3, 3]


def test_what_comes_before_is_done_once_and_counts_for_nothing() -> None:
    turns: list[str] = []

    measured = measure("list", Scenario("", {"A": noting("A", turns)}, before=noting("before", turns)), Plan(2, 1))

    assert turns == ["before", "A", "A", "A"]
    assert len(measured.samples["A"]) == 2


def test_each_round_draws_other_requests_for_each_and_the_same_in_the_next_run() -> None:
    drawn: list[float] = []

    def draw(random: Random, _: int) -> Sample:
        drawn.append(random.random())
        return Sample(1.0, 1.0, 1.0)

    for _ in range(2):
        measure("list", Scenario("", {"A": draw, "B": draw}), Plan(2, 1, warm_ups=0))

    assert drawn[:4] == drawn[4:]
    assert len(set(drawn)) == 4


def test_memory_is_looked_at_after_each_load_and_its_halves_are_told_apart() -> None:
    server: Any = Server()

    assert watch_memory(server, noting("A", []), 0) == Memory(0, 130, 100, 130)


def test_what_goes_on_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    measure("list", Scenario("", {"A": noting("A", [])}), Plan(1, 1))

    assert capsys.readouterr().err.splitlines() == ["list, warm-up: A", "list, round 1 of 1: A", "    A: 2.00 a second"]
