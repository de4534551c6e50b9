"""Schemathesis on our own OpenAPI document: every check, on right and on wrong data, and along inferred links."""

import subprocess
import sys
from pathlib import Path

from tests.servers import ServeProcess

# Only a listing can make an ETag, so no schema describes one: it is given here. Those that nobody made are in
# test_conditional_requests.
CONFIGURATION = """
# A cursor goes with one search, and the bounds of a search with each other: no schema says so.
[[operations]]
include-operation-id = "get-listings"
checks.positive_data_acceptance.expected-statuses = ["2xx", "422"]

# A cursor goes with one listing, order, view and window, and the ends of a window with each other: no schema says so.
[[operations]]
include-operation-id = "get-listing-prices"
parameters = { from = "2000-01-01T00:00:00Z", to = "2999-01-01T00:00:00Z" }
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "410", "422"]

[[operations]]
include-operation-id = ["get-listing-price-summary", "get-listing-price-at"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "410"]

[[operations]]
include-operation-id = ["upsert-listing", "patch-listing"]
parameters = { If-Match = "*" }
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
