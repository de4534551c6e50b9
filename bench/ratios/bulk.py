"""Export and import, beside a bare COPY of what the import stored, and of a part of that."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from bench.import_rate import KINDS, copied, run_import
from bench.ratios.databases import empty, environment_of, settled
from bench.ratios.measuring import Plan
from bench.ratios.same_rows import seconds_to_copy
from bench.ratios.samples import Spread
from tests.conftest import TestDatabase

from listingapi.infra.embedded import Server

IMPORT, EXPORT = "import", "export"
SAME_ROWS = "bare COPY of all that the import stored"
MOST_ROUNDS = 3


def measure(server: Server, source: TestDatabase, plan: Plan, folder: Path) -> Mapping[str, Spread]:
    """Rows a second: listings and prices of a database exported, imported into an empty one, and copied bare.

    These rows are what is counted of each, also where more is stored with them.
    """
    rates: dict[str, list[float]] = {name: [] for name in (EXPORT, IMPORT, SAME_ROWS, *KINDS)}
    for number in range(1, min(plan.rounds, MOST_ROUNDS) + 1):
        print(f"bulk, round {number}: {', '.join(rates)}", file=sys.stderr)
        file = folder / "exported.ndjson"
        seconds_of_export = _export(source, file)
        target = settled(empty(server, "imported"))
        seconds_of_import = run_import(environment_of(target), [str(file)]).seconds
        seconds_of_copy = asyncio.run(seconds_to_copy(target, settled(empty(server, "copied")), folder))
        copies = asyncio.run(copied(target.superuser_url, folder))
        rows = next(iter(copies.values())).rows
        rates[EXPORT].append(rows / seconds_of_export)
        rates[IMPORT].append(rows / seconds_of_import)
        rates[SAME_ROWS].append(rows / seconds_of_copy)
        for kind, copy in copies.items():
            rates[kind].append(rows / copy.seconds)
    return {name: Spread.of(several) for name, several in rates.items()}


def _export(source: TestDatabase, file: Path) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "listingapi", "export", "--prices", "--output", str(file)]
    subprocess.run(command, env=environment_of(source), check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started
