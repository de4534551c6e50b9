"""The command `listingapi` whose writes tell nobody anything, to measure what telling costs."""

from unittest.mock import patch

from listingapi.cli import main
from listingapi.events import outbox


def _tell_nobody(*_: object) -> None:
    """Take the place of `outbox.enqueue`."""


if __name__ == "__main__":
    with patch.object(outbox, "enqueue", _tell_nobody):
        main()
