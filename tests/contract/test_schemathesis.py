"""Schemathesis on our own OpenAPI document: every check, on right and on wrong data, and along inferred links."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from listingapi.pagination import write_cursor
from tests.servers import ServeProcess

# Only a list can make a cursor, and only a listing an ETag, so no schema describes one: they are given here. Those that
# nobody made are in test_pages and test_conditional_requests.
CONFIGURATION = f"""
[[operations]]
include-operation-id = "get-listings"
parameters = {{ cursor = "{write_cursor((datetime(2999, 1, 1, tzinfo=UTC), 1))}" }}

[[operations]]
include-operation-id = "get-listing-prices"
parameters = {{ cursor = "{write_cursor(0)}" }}

[[operations]]
include-operation-id = ["upsert-listing", "patch-listing"]
parameters = {{ If-Match = "*" }}
"""


def test_no_check_fails_on_any_operation(live_server: ServeProcess, tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    schemathesis = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", "schemathesis.toml", "run"]
    options = ["--checks=all", "--max-examples=15", "--max-time=40", "--generation-deterministic", "--no-color"]
    run = subprocess.run(
        [*schemathesis, f"{live_server.url}/openapi.json", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "6 selected / 6 total" in run.stdout
