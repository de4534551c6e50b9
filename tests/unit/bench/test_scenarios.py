"""What the benchmark measures, and what is said of it."""

from pathlib import Path

import pytest
from bench.ratios.__main__ import NAMES
from bench.ratios.contestants import PEERS

PAGE = (Path(__file__).parents[3] / "docs" / "benchmarks.md").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_everything_that_is_measured_is_explained(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", PEERS)
def test_every_peer_is_described(name: str) -> None:
    assert f"| {name} |" in PAGE
