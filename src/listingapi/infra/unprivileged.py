"""Runs PostgreSQL's programs, which refuse to run as root: as ourselves or, if we are root, as an unprivileged user."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from listingapi.infra.parent import stop_when_parent_dies
from listingapi.infra.start import StartError

USER = "nobody"

# Lets the unprivileged user pass folders that only root may enter, such as a checkout below /root. It is
# granted only where that is needed; `access(2)` heeds it only with `no_setuid_fixup`.
PASS_CLOSED_FOLDERS = ("--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override")


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs programs as the user who may own a PostgreSQL."""

    prefix: tuple[str, ...] = ()

    @classmethod
    def for_programs(cls, binaries: Path, data_dir: Path) -> "Runner":
        """The runner for this process: a plain one, or, as root, one that drops root's rights first.

        Raises:
            StartError: we are root and there is no way to drop its rights.
        """
        if os.geteuid() != 0:
            return cls()
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise StartError("PostgreSQL does not run as root: install setpriv (util-linux), or run as another user.")
        user = pwd.getpwnam(USER)
        drop = (setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--pdeathsig=INT")
        reaches = [*drop, "test", "-x", str(binaries / "postgres"), "-a", "-x", str(data_dir)]
        if subprocess.run(reaches, check=False, stderr=subprocess.DEVNULL).returncode == 0:
            return cls(drop)
        return cls((*drop, *PASS_CLOSED_FOLDERS))

    def own(self, folder: Path) -> None:
        """Make a folder the property of the user that the programs run as."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.prefix:
            user = pwd.getpwnam(USER)
            os.chown(folder, user.pw_uid, user.pw_gid)

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a program to its end."""
        return subprocess.run(
            [*self.prefix, *command], check=False, capture_output=True, text=True, env=_environment(), cwd="/"
        )

    def start(self, command: Sequence[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program that hears no Ctrl-C of ours, and is told to stop if we are killed."""
        return subprocess.Popen(
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=None if self.prefix else partial(stop_when_parent_dies, signal.SIGINT),
            env=_environment(),
            cwd="/",
        )


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
