"""The long form of the kill test: `make soak`."""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.kills.planted import BUGS
from tests.kills.run import Plan, Report, run
from tests.planting import NONE
from tests.rabbitmq_server import rabbitmq_in

# A bug has to show in a part of it.
WITH_A_BUG = Plan(changes=6_000, kills=60)


def main() -> int:
    """Run it as it should be, and then with each bug; 0 if all of it went as it must."""
    plan, with_bugs = _asked()
    results = [_judged(plan)]
    if with_bugs:
        results += [_judged(replace(WITH_A_BUG, bug=bug)) for bug in BUGS if bug != NONE]
    return 0 if all(results) else 1


def _asked() -> tuple[Plan, bool]:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--changes", type=int, default=Plan().changes, help="how many prices are changed")
    parser.add_argument("--kills", type=int, default=Plan().kills, help="how often something is killed meanwhile")
    parser.add_argument("--bugs", action="store_true", help="also plant each bug, and see that it is found")
    parser.add_argument("--bug", choices=BUGS, default=NONE, help="plant this one instead")
    asked = parser.parse_args()
    return Plan(changes=asked.changes, kills=asked.kills, bug=asked.bug), asked.bugs


def _judged(plan: Plan) -> bool:
    """Whether it is clean without a bug, or not clean with one."""
    print(f"{plan.changes} changes, {plan.kills} kills, bug planted: {plan.bug}", flush=True)
    with tempfile.TemporaryDirectory(prefix="listingapi-soak-") as folder:
        report = _run(plan, Path(folder))
    print(report, flush=True)
    is_right = report.found.is_clean == (plan.bug == NONE)
    print("as it must be" if is_right else "WRONG", flush=True)
    return is_right


def _run(plan: Plan, folder: Path) -> Report:
    broker = folder / "rabbitmq"
    broker.mkdir()
    with rabbitmq_in(broker) as server:
        return run(plan, server.virtual_host(), folder)


if __name__ == "__main__":
    raise SystemExit(main())
