"""Plants bugs into a process, to see that a test finds them."""

from typing import Any

NONE = "none"


def nothing() -> None:
    """Leave all as it is."""


def plant(owner: Any, name: str, bug: Any) -> None:
    """Have something be the bug."""
    setattr(owner, name, bug)
