"""A wheel of the package, built from its source archive, has the web app and the migrations in it."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[3]

# Stands in for npm, which would fetch packages: notes what it is asked for, and builds an app as small as can be.
NPM = """
import sys
from pathlib import Path

web = Path(__file__).parents[1] / "web"
with (web / "asked").open("a") as asked:
    print(*sys.argv[1:], file=asked)
if "build" in sys.argv:
    (web / "dist" / "assets").mkdir(parents=True)
    (web / "dist" / "index.html").write_text("built")
    (web / "dist" / "assets" / "app-1a2b3c4d.js.br").write_text("built")
"""


def build(kind: str, source: Path, into: Path) -> Path:
    """Build one archive with the project's own build backend."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(into)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    [built] = into.iterdir()
    return built


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the source archive has in it."""
    folder = tmp_path_factory.mktemp("source")
    archive = build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(folder)], check=True)
    [unpacked] = folder.iterdir()
    return unpacked


def test_the_source_archive_has_what_the_web_app_is_built_from_and_nothing_that_is_built(source: Path) -> None:
    for needed in ("web/package-lock.json", "web/.npmrc", "web/src/main.tsx", "tools/npm.py", "tools/build_web.py"):
        assert (source / needed).exists(), needed
    assert not (source / "web" / "node_modules").exists()
    assert not (source / "web" / "dist").exists()


def test_a_wheel_has_the_web_app_as_it_was_built_for_it(source: Path, tmp_path: Path) -> None:
    (source / "tools" / "npm.py").write_text(NPM)
    with ZipFile(build("wheel", source, tmp_path)) as wheel:
        names = wheel.namelist()

    assert {"listingapi/_web/index.html", "listingapi/_web/assets/app-1a2b3c4d.js.br"} <= set(names)
    assert any(name.startswith("listingapi/_migrations/versions/") for name in names)
    assert (source / "web" / "asked").read_text() == "ci\nrun build\n"
