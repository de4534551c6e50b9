"""What the benchmark asks of the ratios, and how it judges them."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from bench.import_rate import KINDS
from bench.ratios.bulk import SAME_ROWS
from bench.ratios.contestants import DRF, FASTAPI, FLASK, OURS, SMALL
from bench.ratios.floors import FLOORS, Verdict, verdicts
from bench.ratios.measuring import Measured, Memory
from bench.ratios.samples import Sample, Spread
from bench.ratios.scenarios import scenarios


def samples(*rates: float) -> Sequence[Sample]:
    return [Sample(per_second=rate, p50_ms=1000 / rate, p99_ms=1.0) for rate in rates]


def only(scenario: str, several: dict[str, Sequence[Sample]], *, about: str) -> Verdict:
    [verdict] = [each for each in verdicts({scenario: Measured("", several)}, None, None) if about in each.title]
    return verdict


@pytest.mark.parametrize(
    ("rate", "is_met"), [pytest.param(5999, False, id="less"), pytest.param(6000, True, id="as much as is asked")]
)
def test_a_ratio_is_met_from_its_bound_on(rate: float, *, is_met: bool) -> None:
    verdict = only("list", {OURS: samples(rate), FASTAPI: samples(1000)}, about="page of 100")

    assert verdict.is_met is is_met


def test_a_ratio_is_of_the_same_round_and_their_median_counts() -> None:
    verdict = only("list", {OURS: samples(600, 900, 7000), FASTAPI: samples(100, 100, 1000)}, about="page of 100")

    assert verdict.found == "7.00 (6.00 to 9.00)"


def test_the_best_peer_with_a_framework_is_what_counts() -> None:
    several = {OURS: samples(400), FLASK: samples(50), FASTAPI: samples(101), DRF: samples(20)}

    verdict = only("mixed", several, about="mixed")

    assert verdict.found == "3.96"
    assert not verdict.is_met


@pytest.mark.parametrize(("rate", "is_met"), [(840, True), (820, False)])
def test_a_time_may_be_longer_by_a_fifth(rate: float, *, is_met: bool) -> None:
    verdict = only("size", {OURS: samples(rate), SMALL: samples(1000)}, about="p50")

    assert verdict.is_met is is_met


def test_an_answer_that_is_as_fast_is_not_faster() -> None:
    verdict = only("known", {"ListingAPI, 304": samples(100), "ListingAPI, 200": samples(100)}, about="304")

    assert not verdict.is_met


def test_an_import_is_held_against_the_copy_of_all_that_it_stored() -> None:
    bulk = {"import": Spread.of([60]), **{kind: Spread.of([1000]) for kind in KINDS}, SAME_ROWS: Spread.of([100])}

    [verdict] = verdicts({}, bulk, None)

    assert (verdict.found, verdict.is_met) == ("0.60", True)


@pytest.mark.parametrize(
    ("memory", "is_met"),
    [
        pytest.param(Memory(60, 200, 190, 199), True, id="little and flat"),
        pytest.param(Memory(60, 201, 200, 201), False, id="too much"),
        pytest.param(Memory(60, 120, 100, 120), False, id="growing"),
        pytest.param(Memory(1, 100, 100, 100), False, id="not watched for an hour"),
    ],
)
def test_memory_is_to_be_little_and_flat_for_an_hour(memory: Memory, *, is_met: bool) -> None:
    [verdict] = verdicts({}, None, memory)

    assert verdict.is_met is is_met


def test_each_ratio_is_of_something_that_is_measured() -> None:
    assert {floor.scenario for floor in FLOORS} <= set(scenarios("", ""))


def test_each_ratio_is_documented() -> None:
    bulk = {"import": Spread.of([1]), SAME_ROWS: Spread.of([1])}
    asked = [(floor.title, floor.asked) for floor in FLOORS]
    asked += [(verdict.title, verdict.asked) for verdict in verdicts({}, bulk, Memory(60, 1, 1, 1))]

    page = (Path(__file__).parents[3] / "docs" / "benchmarks.md").read_text()

    assert [f"| {title} | {bound} |" for title, bound in asked if f"| {title} | {bound} |" not in page] == []
    assert len(asked) == len(FLOORS) + 2


def test_nothing_is_said_of_what_was_not_measured() -> None:
    assert verdicts({}, None, None) == []
