"""The project's own checks find what they are for."""

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "sql_only_in_repositories.py"


def found_in(code: str, folder: Path) -> list[str]:
    spec = importlib.util.spec_from_file_location("tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    (folder / "service.py").write_text(code)
    return list(tool.statements(folder / "service.py"))


@pytest.mark.parametrize(
    "code",
    [
        'Q = "SELECT name FROM listing"',
        'Q = f"SELECT {COLUMNS} FROM listing"',
        'Q = f"UPDATE {table} SET name = 1"',
        'Q = "MERGE INTO listing USING x"',
        'Q = "SELECT nextval(1)"',
        'def f():\n    return f"""\n    INSERT INTO listing VALUES ({x})"""',
    ],
)
def test_sql_outside_a_repository_is_found(code: str, tmp_path: Path) -> None:
    assert len(found_in(code, tmp_path)) >= 1


@pytest.mark.parametrize("code", ['M = "Select a listing from the list."', 'M = "Update it."', "M = 1"])
def test_plain_words_are_no_sql(code: str, tmp_path: Path) -> None:
    assert found_in(code, tmp_path) == []
