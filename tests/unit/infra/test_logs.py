"""A line of the log says when, how bad and what, whose request it was, and never what an error of a library says."""

import json
import logging
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from listingapi.infra.logs import OfLibraries, as_json, with_request
from listingapi.infra.observation import CURRENT, Observation

WRITES = """
import logging, structlog
from listingapi.infra.logs import configure_logs
configure_logs("{level}")
structlog.get_logger().info("an_event", path=[1])
structlog.get_logger().warning("a_warning")
logging.getLogger("some.library").warning("it says %s", "so")
logging.getLogger("some.library").info("it whispers")
"""


def written(level: str) -> list[dict[str, Any]]:
    """What a process writes to standard error that logs from this level on; it is no terminal."""
    done = subprocess.run(
        [sys.executable, "-c", WRITES.format(level=level)], check=True, capture_output=True, text=True
    )
    assert done.stdout == ""
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_lines_are_json_and_those_of_libraries_too() -> None:
    lines = written("info")

    assert [list(line)[:3] for line in lines] == [["timestamp", "level", "event"]] * 3
    assert [(line["level"], line["event"]) for line in lines] == [
        ("info", "an_event"), ("warning", "a_warning"), ("warning", "library_says"),
    ]  # fmt: skip
    assert lines[0]["path"] == [1]
    assert (lines[2]["library"], lines[2]["message"]) == ("some.library", "it says so")


def test_on_a_terminal_they_are_for_people() -> None:
    ours, of_the_process = pty.openpty()
    subprocess.run([sys.executable, "-c", WRITES.format(level="info")], check=True, stderr=of_the_process)
    os.close(of_the_process)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)

    assert "an_event" in shown
    assert not [line for line in shown.splitlines() if line.startswith("{")]


def test_what_is_below_the_level_is_not_written() -> None:
    assert [line["event"] for line in written("warning")] == ["a_warning", "library_says"]
    assert written("error") == []


def test_of_the_error_of_a_library_only_the_kind_is_told() -> None:
    error = LookupError("canary")
    about = (LookupError, error, None)
    record = logging.LogRecord("some.library", logging.ERROR, __file__, 1, "it failed", (), about)
    with capture_logs() as logged:
        OfLibraries().emit(record)

    assert logged == [
        {
            "event": "library_says", "log_level": "error", "library": "some.library", "message": "it failed",
            "error": "LookupError",
        }
    ]  # fmt: skip


def test_a_line_within_a_request_tells_whose_it_is() -> None:
    seen = Observation("one", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
    before = CURRENT.set(seen)
    try:
        assert with_request(None, "info", {}) == {"request_id": "one"}
        seen.account_id = 7
        assert with_request(None, "info", {}) == {"request_id": "one", "account_id": 7}
    finally:
        CURRENT.reset(before)
    assert with_request(None, "info", {}) == {}


@pytest.mark.parametrize("value", [b"bytes", Path("/tmp"), {1, 2}, object])  # noqa: S108 - only a name
def test_a_value_that_json_cannot_say_does_not_lose_the_line(value: object) -> None:
    line = as_json(None, "info", {"timestamp": "", "level": "info", "event": "an_event", "value": value})

    assert json.loads(line)["event"] == "an_event"
