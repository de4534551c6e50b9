"""What was read of a file: rows for the database, and the lines that are refused."""

from collections.abc import Callable
from dataclasses import dataclass, field

from listingapi.bulk.lines import Row


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that is not taken, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Part:
    """A piece of a file as it was read; `content` gives a line of it as it came, None where it has no such line."""

    content: Callable[[int], str | None]
    size: int
    lines: int = 0
    rows: list[Row] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, line: int, reason: object) -> None:
        """Leave a line out."""
        self.refusals.append(Refusal(line, str(reason)))
