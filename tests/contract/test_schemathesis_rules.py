"""Schemathesis on the operations of pricing rules, on a server of their own: what they add would hold up prices."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.conftest import TestDatabase
from tests.servers import serving

# That one bound is not above the other is nothing that a schema says. A creation that is repeated under its key is
# answered as it was, also after what it made is gone.
CONFIGURATION = """
[[operations]]
include-tag = "pricing-rules"
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "409", "422"]
checks.ensure_resource_availability.enabled = false
"""


def test_no_check_fails_on_any_operation_of_pricing_rules(
    create_database: Callable[[], TestDatabase], tmp_path: Path
) -> None:
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    schemathesis = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", "schemathesis.toml", "run"]
    options = ["--checks=all", "--max-examples=15", "--max-time=20", "--generation-deterministic", "--no-color"]
    with serving(environment=create_database().settings().as_environment()) as server:
        run = subprocess.run(
            [*schemathesis, f"{server.url}/openapi.json", "--include-tag=pricing-rules", *options],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "5 selected" in run.stdout
