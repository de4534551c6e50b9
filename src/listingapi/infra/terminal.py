"""What is printed for people: tables, and texts that do nothing to a terminal."""

import sys
from collections.abc import Sequence

WIDE = 10_000


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table as wide as the terminal; elsewhere, each row is one line."""
    from rich.console import Console  # noqa: PLC0415 - only what prints tables loads it
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(width=None if sys.stdout.isatty() else WIDE)
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console.print(table)


def printable(text: str, *, keeps: str = "") -> str:
    """A text without what moves the cursor or colours a terminal, but with the characters to keep."""
    return "".join(character if character.isprintable() or character in keeps else "�" for character in text)
