"""Fails if a domain has SQL outside its repositories, where the next person would not look for it."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "listingapi"
MAY_HOLD_SQL = re.compile(r"repository\.py$|^(search|outbox)\.py$")
STATEMENT = re.compile(
    r"\b(SELECT\s.+|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|TRUNCATE\s|COPY\s+\w+\s)", re.DOTALL
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
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.search(node.value):
            yield f"{path.relative_to(SOURCE)}:{node.lineno}: SQL outside a repository"


if __name__ == "__main__":
    sys.exit(main())
