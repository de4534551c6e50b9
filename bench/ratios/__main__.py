"""Measures this service beside its peers and its limits, on this machine, and prints one page of figures and ratios.

It starts all that it needs on free ports of this machine, and stops it at the end: PostgreSQL, Redis, `listingapi
serve` with two workers, Flask, FastAPI and Django REST framework, a bare ASGI application, and nginx. It needs wrk,
nginx and redis-server on the PATH. `make bench` runs it with the peers installed. See docs/benchmarks.md.
"""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import cyclopts
from bench.ratios import bulk, contestants, databases, report
from bench.ratios.databases import Size
from bench.ratios.field import Field
from bench.ratios.measuring import Measured, Memory, Plan, measure, watch_memory
from bench.ratios.report import Results
from bench.ratios.samples import Spread
from bench.ratios.scenarios import Make, mixed, scenarios
from bench.ratios.servers import ROOT
from bench.ratios.starting import Place, all_started
from bench.ratios.statements import history_script, reprice_script
from cyclopts import Parameter

from listingapi.infra.start import StartError

BULK, MEMORY = "bulk", "memory"
NAMES = (*scenarios("", ""), BULK, MEMORY)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: on which database, in how many rounds, and for how many minutes memory is watched."""

    size: Size
    plan: Plan
    memory_minutes: float


WHOLE = Extent(Size(500_000, 5_000_000), Plan(rounds=5, seconds=4), memory_minutes=60)
QUICK = Extent(Size(5_000, 50_000), Plan(rounds=1, seconds=1, warm_ups=0), memory_minutes=0.05)

app = cyclopts.App(name="make bench", help=__doc__)


@app.default
def bench(  # noqa: PLR0913 - a parameter an option
    *,
    quick: Annotated[
        bool, Parameter(negative="", help="Try it: a small database and one short round. Its figures say nothing.")
    ] = False,
    only: Annotated[
        str, Parameter(help=f"Some of what there is to measure, with commas between: {', '.join(NAMES)}.")
    ] = ",".join(NAMES),
    rounds: Annotated[int | None, Parameter(help="How many rounds count. [default: 5]")] = None,
    seconds: Annotated[int | None, Parameter(help="How long one takes of each contestant. [default: 4]")] = None,
    memory_minutes: Annotated[
        float | None, Parameter(help="How long memory is watched under load. [default: 60]")
    ] = None,
    data: Annotated[Path, Parameter(help="Where the seeded databases are kept for the next time.")] = ROOT / ".bench",
    peers_python: Annotated[Path, Parameter(help="The Python that has the peers.")] = ROOT / ".venv-bench/bin/python",
    write: Annotated[bool, Parameter(negative="", help="Keep what was found in bench/RESULTS.md, too.")] = False,
) -> None:
    """Measure, and print what was found; what goes on meanwhile is told on standard error."""
    extent = QUICK if quick else WHOLE
    plan = Plan(rounds or extent.plan.rounds, seconds or extent.plan.seconds, extent.plan.warm_ups)
    minutes = extent.memory_minutes if memory_minutes is None else memory_minutes
    found = _run(_names(only), Extent(extent.size, plan, minutes), data, peers_python).as_markdown(peers_python)
    print(found, end="")
    if write:
        report.RESULTS.write_text(found, encoding="utf-8")


def _names(only: str) -> list[str]:
    asked = only.split(",")
    if unknown := sorted(set(asked) - set(NAMES)):
        sys.exit(f"There is no {', '.join(unknown)} to measure, but {', '.join(NAMES)}.")
    return [name for name in NAMES if name in asked]


def _run(names: Sequence[str], extent: Extent, data: Path, peers_python: Path) -> Results:
    for program in ("wrk", "nginx", "redis-server"):
        contestants.program_named(program)
    busy_before, *_ = os.getloadavg()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="listingapi-bench-")))
        postgresql = stack.enter_context(databases.postgresql(data))
        place = Place(postgresql, extent.size, folder, peers_python)
        measured, memory = _over_http(names, place, extent)
        in_bulk = _in_bulk(place, extent.plan) if BULK in names else None
        return Results(extent.size, extent.plan, measured, in_bulk, memory, busy_before)


def _over_http(names: Sequence[str], place: Place, extent: Extent) -> tuple[dict[str, Measured], Memory | None]:
    """What is measured by requests; nothing is started if there is none of it."""
    if set(names) <= {BULK}:
        return {}, None
    with all_started(place) as field:
        makes = _makes(field)
        measured = {name: measure(name, makes[name](field), extent.plan) for name in names if name in makes}
        return measured, _memory(field, extent.memory_minutes) if MEMORY in names else None


def _makes(field: Field) -> dict[str, Make]:
    reprice = asyncio.run(reprice_script(field.for_pgbench, field.listings))
    return scenarios(history_script(field.listings), reprice)


def _memory(field: Field, minutes: float) -> Memory:
    return watch_memory(field.servers[contestants.OURS], mixed(field).contestants[contestants.OURS], minutes)


def _in_bulk(place: Place, plan: Plan) -> Mapping[str, Spread]:
    source = databases.seeded(place.postgresql, place.tenth, "exported")
    return bulk.measure(place.postgresql, source, plan, place.folder)


def main() -> None:
    """Run it; what goes wrong is one sentence, and all that was started is stopped also by Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except StartError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
