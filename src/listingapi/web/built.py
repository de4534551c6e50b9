"""Where the web app is, if it was built."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from listingapi.settings import Settings
from listingapi.web.files import WebFile, files_in
from listingapi.web.shell import Shell
from listingapi.web.sign_in import SignIn

PACKAGED = Path(__file__).parents[1] / "_web"
IN_THE_REPOSITORY = Path(__file__).parents[3] / "web" / "dist"


@dataclass(frozen=True, slots=True)
class WebApp:
    """The app as it was built: the shell of its pages, and its files by their paths."""

    shell: Shell
    files: Mapping[str, WebFile]

    @classmethod
    def built_in(cls, folder: Path) -> "WebApp":
        """Read it all."""
        return cls(Shell.built_in(folder), files_in(folder))


@cache
def web_app() -> WebApp | None:
    """The app of this installation; None where nobody has built it."""
    folder = next((place for place in (PACKAGED, IN_THE_REPOSITORY) if (place / "index.html").exists()), None)
    return WebApp.built_in(folder) if folder else None


def shell_of(app: WebApp, settings: Settings) -> Shell:
    """What the pages of a deployment begin as: they say where people sign in, if that is elsewhere."""
    sign_in = SignIn.of(settings)
    return app.shell.with_sign_in(sign_in) if sign_in else app.shell
