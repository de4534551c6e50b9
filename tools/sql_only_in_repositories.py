"""Fails if a domain has SQL outside its repositories, where the next person would not look for it."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "listingapi"
MAY_HOLD_SQL = re.compile(r"repository\.py$|^(search|outbox)\.py$")
STATEMENT = re.compile(
    r"\b(SELECT\s.+\sFROM\s|SELECT\s+\w+\(|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|MERGE\s+INTO\s|DELETE\s+FROM\s"
    r"|TRUNCATE\s|COPY\s+\w+\s)",
    re.DOTALL,
)


def main() -> int:
    found = [place for path in sorted(SOURCE.rglob("*.py")) if not may_hold_sql(path) for place in statements(path)]
    print("\n".join(found))
    return 1 if found else 0


def may_hold_sql(path: Path) -> bool:
    """Repositories may; so may `infra`, for the roles, databases and settings that no domain has."""
    return bool(MAY_HOLD_SQL.search(path.name)) or "infra" in path.parts


def statements(path: Path) -> Iterator[str]:
    """Where a file holds a string that is an SQL statement."""
    for node in ast.walk(ast.parse(path.read_text())):
        if STATEMENT.search(text_of(node)):
            yield f"{path}:{node.lineno}: SQL outside a repository"


def text_of(node: ast.AST) -> str:
    """The text of a string, with X for what an f-string puts in; empty for anything else."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(text_of(part) or "X" for part in parts)
        case _:
            return ""


if __name__ == "__main__":
    sys.exit(main())
