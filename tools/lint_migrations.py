"""Checks the SQL of every migration with squawk: does it lock for long, or break the previous release's code?"""

import io
import subprocess
import sys
import sysconfig
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from listingapi.infra.migrations import config

ROOT = Path(__file__).parents[1]
SQUAWK = Path(sysconfig.get_path("scripts")) / "squawk"


def main() -> int:
    settings = config("postgresql://")
    revisions = list(ScriptDirectory.from_config(settings).walk_revisions())
    return max(lint(f"{item.down_revision or 'base'}:{item.revision}", item.revision) for item in revisions)


def lint(step: str, name: str) -> int:
    """Run squawk over the SQL of one step; its exit status."""
    settings = config("postgresql://")
    settings.output_buffer = sql = io.StringIO()
    command.upgrade(settings, step, sql=True)
    done = subprocess.run(
        [SQUAWK, "--config", ROOT / ".squawk.toml", "--stdin-filepath", f"{name}.sql"],
        check=False,
        input=sql.getvalue(),
        text=True,
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
