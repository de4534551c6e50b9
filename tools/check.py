"""The static checks, exactly as CI runs them; names each one, runs all, and fails if one did."""

import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sysconfig.get_path("scripts"))
CODE = ("src", "tests", "tools", "migrations", "bench", "deploy")
NPM_RUN = ("python", "tools/npm.py", "run", "--silent")

CHECKS = {
    "format": ("ruff", "format", "--check", *CODE),
    "lint": ("ruff", "check", *CODE),
    "types": ("mypy",),
    "import arrows": ("lint-imports",),
    "SQL only in repositories": ("python", "tools/sql_only_in_repositories.py"),
    "migrations (squawk)": ("python", "tools/lint_migrations.py"),
    "openapi.json is current": ("python", "tools/openapi_is_current.py"),
    "asyncapi.yaml is current": ("python", "tools/asyncapi_is_current.py"),
    "web: format": (*NPM_RUN, "format:check"),
    "web: lint": (*NPM_RUN, "lint"),
    "web: types": (*NPM_RUN, "types"),
    "web: types of the API are current": (*NPM_RUN, "client-types:check"),
}


def main() -> int:
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    print(f"failed: {', '.join(failed)}" if failed else f"{len(CHECKS)} checks passed")
    return 1 if failed else 0


def passes(name: str, command: tuple[str, ...]) -> bool:
    """Run one check; its output is shown only if it fails."""
    program, *arguments = command
    done = subprocess.run(
        [BIN / program, *arguments], cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name}", flush=True)
    if done.returncode != 0:
        print(done.stdout, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
