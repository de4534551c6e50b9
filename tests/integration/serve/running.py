"""The command `listingapi`, run to its end, and the PostgreSQL that it starts."""

import os
import subprocess
import sys
from pathlib import Path

import psutil

LISTINGAPI = (sys.executable, "-m", "listingapi")
PATIENCE_SECONDS = 30.0


def run(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LISTINGAPI_")}
    return subprocess.run(
        [*LISTINGAPI, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env={**inherited, **environment},
        timeout=60,
    )


def postmaster(data_dir: Path) -> psutil.Process:
    """The PostgreSQL that runs on a data directory."""
    return psutil.Process(int((data_dir / "postgresql" / "postmaster.pid").read_text().splitlines()[0]))


def assert_one_sentence(done: "subprocess.CompletedProcess[str]", *, about: str) -> None:
    assert done.returncode == 2
    assert about in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
