"""Everything on an event's way is killed at random: each change takes effect just once, and in order."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.kills.planted import BUGS
from tests.kills.run import Plan, run
from tests.planting import NONE
from tests.rabbitmq_server import VirtualHost

SHORT = Plan(listings=50, changes=1_500, kills=20)
MOST_RUNS = 3
WITH_A_BUG = Plan(listings=50, changes=1_000, kills=20)


def test_whatever_is_killed_each_change_takes_effect_once_and_in_order(rabbitmq: VirtualHost, tmp_path: Path) -> None:
    report = run(SHORT, rabbitmq, tmp_path)

    print(report)
    assert report.found.is_clean, report.found


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug != NONE])
def test_a_bug_that_is_planted_is_found(rabbitmq: VirtualHost, tmp_path: Path, bug: str) -> None:
    """By one of a few runs: what is killed at random may miss the moments in which it matters."""
    for number in range(MOST_RUNS):
        report = run(replace(WITH_A_BUG, bug=bug), rabbitmq.server.virtual_host(), tmp_path / str(number))
        print(report)
        if not report.found.is_clean:
            return
        rabbitmq.server.renew()
    pytest.fail(f"{bug} was not found in {MOST_RUNS} runs.")
