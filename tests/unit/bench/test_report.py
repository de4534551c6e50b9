"""The page that the benchmark prints."""

import sys
from pathlib import Path

from bench.ratios.contestants import FASTAPI, OURS
from bench.ratios.databases import Size
from bench.ratios.measuring import Measured, Plan
from bench.ratios.report import Results
from bench.ratios.samples import Sample, Spread


def page(*, busy: float = 0.5) -> str:
    ours = [Sample(rate, 1.0, 2.0, 100.0, 90.0, busy) for rate in (5800, 7000, 6600)]
    measured = {"list": Measured("page of 100 listings", {OURS: ours, FASTAPI: [Sample(1000, 9.0, 30.0)] * 3})}
    return Results(Size(500, 5_000), Plan(3, 1), measured, None, None, 0.5).as_markdown(Path(sys.executable))


def test_the_page_says_what_was_asked_for_what_was_found_and_whether_that_is_enough() -> None:
    assert "| page of 100, against FastAPI + SQLAlchemy | ≥ 6 | 6.60 (5.80 to 7.00) | met |" in page()


def test_the_page_has_the_median_of_each_figure_between_its_ends() -> None:
    assert "| ListingAPI | 6 600 (5 800 to 7 000) | 1.00 | 2.00 | 100 | 90.0 |" in page()
    assert "| FastAPI + SQLAlchemy | 1 000 | 9.00 | 30.0 |  |  |" in page()


def test_the_page_says_which_machine_it_was() -> None:
    assert "| processor |" in page()
    assert "| memory |" in page()


def test_the_page_says_where_the_generator_of_the_load_may_be_what_was_measured() -> None:
    assert "page of 100 listings, ListingAPI: wrk itself was busy 95.0 % of the time" in page(busy=0.95)
    assert "wrk itself was busy" not in page()


def test_a_single_number_has_no_ends() -> None:
    assert Spread.of([1234.5]).text == "1 234"
