"""The long form of the test of freshness: `make freshness`."""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from deploy.stack.stores import postgresql, rabbitmq

from listingapi.infra.migrations import migrate
from tests.conftest import TestDatabase
from tests.faults.freshness.planted import BUGS, HARMLESS
from tests.faults.freshness.report import show
from tests.faults.freshness.run import Plan, run
from tests.faults.freshness.stale_redis import StaleRedis
from tests.planting import NONE

# A bug has to show in a part of it.
WITH_A_BUG = Plan(reads=30_000, changes=900, harm_seconds=1.0, restarts=0)


def main() -> int:
    """Run it as it should be, or with bugs; 0 if nothing is wrong without one, and reads are stale with each.

    With what is harmless, nothing may be wrong, either.
    """
    plans = _asked()
    results = [_is_right(plan) for plan in plans]
    return 0 if all(results) else 1


def _asked() -> Sequence[Plan]:
    whole = Plan()
    parser = argparse.ArgumentParser(prog="make freshness", description=__doc__)
    parser.add_argument("--reads", type=int, default=whole.reads, help=f"how much is read [{whole.reads}]")
    parser.add_argument("--changes", type=int, help="how many prices are changed meanwhile [a fiftieth of the reads]")
    parser.add_argument(
        "--restarts", type=int, default=whole.restarts, help="how often a server is ended meanwhile [4]"
    )
    parser.add_argument("--harm-seconds", type=float, default=whole.harm_seconds, help="how long Redis is harmed [4]")
    parser.add_argument("--bugs", action="store_true", help="also plant each bug, and see which are found")
    parser.add_argument("--bug", choices=[*BUGS, *HARMLESS], default=NONE, help="plant this one instead")
    asked = parser.parse_args()
    changes = asked.reads // 50 if asked.changes is None else asked.changes
    plan = Plan(asked.reads, changes, harm_seconds=asked.harm_seconds, restarts=asked.restarts, bug=asked.bug)
    return [plan, *(replace(WITH_A_BUG, bug=bug) for bug in (*BUGS, *HARMLESS) if bug != NONE and asked.bugs)]


def _is_right(plan: Plan) -> bool:
    print(f"{plan.reads} reads, {plan.changes} changes, bug planted: {plan.bug}", flush=True)
    with tempfile.TemporaryDirectory(prefix="listingapi-fresh-") as folder, _stores(Path(folder)) as stores:
        report = run(plan, *stores, Path(folder))
    show(report)
    is_right = report.found.is_clean if plan.bug in {NONE, *HARMLESS} else report.found.stale > 0
    print("as it must be" if is_right else "WRONG", flush=True)
    return is_right


@contextmanager
def _stores(folder: Path) -> Iterator[tuple[TestDatabase, StaleRedis, str]]:
    with ExitStack() as stack:
        found = stack.enter_context(postgresql(folder))
        database = TestDatabase(found.serving_url, found.migration_url, found.superuser_url)
        migrate(database.migration_url, database.serving_url)
        redis = StaleRedis(folder)
        redis.start()
        stack.callback(redis.stop)
        yield database, redis, stack.enter_context(rabbitmq(folder / "rabbitmq"))


if __name__ == "__main__":
    raise SystemExit(main())
