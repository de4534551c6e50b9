"""Runs commands of `listingapi` to their end."""

import os
import subprocess
import sys

from listingapi.settings import Settings


class Commands:
    """`listingapi` with some settings, and the first words of a command."""

    def __init__(self, settings: Settings, *words: str) -> None:
        self._environment = os.environ | settings.as_environment()
        self._words = words

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        command = [sys.executable, "-m", "listingapi", *self._words, *arguments]
        return subprocess.run(command, env=self._environment, check=False, capture_output=True, text=True)

    def did(self, *arguments: str) -> str:
        """Run a command that does what it is told, and return what it prints."""
        done = self(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout
