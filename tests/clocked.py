"""The command `listingapi`, whose clock a test sets: it tells the time that stands in a file.

Run as `python -m tests.clocked`; the variable `TEST_CLOCK` names the file.
"""

import os
from datetime import datetime
from pathlib import Path

from listingapi import app
from listingapi.__main__ import main

VARIABLE = "TEST_CLOCK"


class FileClock:
    """A time in a file: the test sets it, and servers tell it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> datetime:
        return datetime.fromisoformat(self._path.read_text())

    def set(self, moment: datetime) -> None:
        """Set it for all who read it, at once."""
        written = self._path.with_suffix(".new")
        written.write_text(moment.isoformat())
        written.replace(self._path)


if VARIABLE in os.environ and app.create_app.__kwdefaults__:
    app.create_app.__kwdefaults__["clock"] = FileClock(Path(os.environ[VARIABLE]))

if __name__ == "__main__":
    main()
