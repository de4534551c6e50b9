"""Puts the web app into wheels of the package, built anew from web/."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebApp(BuildHookInterface):  # type: ignore[type-arg]  # of which configuration, only hatchling cares
    """An editable installation needs none: there, the app is where `make` builds it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it, unless nothing is to be packed."""
        if version == "editable":
            return
        for arguments in (["ci"], ["run", "build"]):
            subprocess.run([sys.executable, Path(self.root, "tools/npm.py"), *arguments], check=True)
        build_data["force_include"]["web/dist"] = "listingapi/_web"
