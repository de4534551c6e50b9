"""The documentation names what there is, and its links lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from listingapi.cli import app
from listingapi.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
DECISIONS = sorted(ROOT.glob("docs/adr/[0-9]*.md"))
COMMANDS = sorted(name for name in app if not name.startswith("-"))

SOURCE = ROOT / "src" / "listingapi"
MODULES = sorted(str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if path.name != "__init__.py")

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|^ {4}.*?$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"`([\w/]+\.py)`")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def text_of(*paths: str) -> str:
    return "\n".join((ROOT / path).read_text() for path in paths)


def links_in(page: Path) -> Iterator[tuple[Path, str]]:
    """The relative links of a page: the file that each leads to, and the heading in it, if one is named."""
    for target in LINK.findall(CODE.sub("", page.read_text())):
        if "://" not in target:
            name, _, heading = target.partition("#")
            yield (page.parent / name if name else page), heading


def anchors_in(page: Path) -> set[str]:
    """What the headings of a page are called in links, the way that GitHub makes them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(page.read_text())}


@pytest.mark.parametrize("path", sorted(set(PATH.findall(text_of("ARCHITECTURE.md")))))
def test_every_file_that_the_architecture_names_exists(path: str) -> None:
    assert any((folder / path).exists() for folder in (ROOT, ROOT / "src" / "listingapi", *ROOT.glob("tests/*")))


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_on_the_code_map(module: str) -> None:
    folder, _, name = module.removesuffix(".py").rpartition("/")
    row_of_folder = next((row for row in text_of("ARCHITECTURE.md").splitlines() if f"| `{folder}/`" in row), "")

    assert f"`{module}`" in text_of("ARCHITECTURE.md") or f"`{name}`" in row_of_folder


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"`LISTINGAPI_{name.upper()}`" in text_of("README.md", "docs/operations.md")


@pytest.mark.parametrize("setting", sorted(set(re.findall(r"LISTINGAPI_[A-Z_]+", text_of("README.md")))))
def test_every_setting_in_the_readme_exists(setting: str) -> None:
    assert setting.removeprefix("LISTINGAPI_").lower() in Settings.model_fields


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    assert f"`listingapi {name}" in text_of("README.md", "docs/operations.md")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/]+(?:\.py)?)`", text_of("docs/security.md")))))
def test_every_test_that_proves_an_answer_to_a_risk_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [
        f"{target}#{heading}"
        for target, heading in links_in(page)
        if not target.exists() or (heading and heading not in anchors_in(target))
    ]

    assert broken == []


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda page: str(page.name))
def test_every_decision_is_in_the_index(decision: Path) -> None:
    assert decision in [target for target, _ in links_in(ROOT / "docs/adr/README.md")]


def test_there_are_pages_commands_and_decisions_to_check() -> None:
    assert {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"} <= {page.name for page in PAGES}
    assert {"serve", "migrate", "import", "export", "seed"} <= set(COMMANDS)
    assert len(DECISIONS) >= 7
