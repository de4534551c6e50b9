"""The HTML that every page of the web app begins as, and what it may load."""

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from listingapi.web.frames import Frame, Frames
from listingapi.web.sign_in import SignIn

ASKED = "connect-src 'self'"
HEAD = re.compile(r"<!--head-->.*<!--/head-->", re.DOTALL)
LANGUAGE = '<html lang="en">'
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)

POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Vary": "Accept, Accept-Encoding, Accept-Language",
}


@dataclass(frozen=True, slots=True)
class Shell:
    """The page as it was built, and its Content-Security-Policy: of scripts in it, those it was built with may run."""

    html: str
    policy: str
    frames: Frames

    @classmethod
    def built_in(cls, built: Path) -> Self:
        """The shell of an app that was built into a folder."""
        html = (built / "index.html").read_text(encoding="utf-8")
        scripts = "".join(f" 'sha256-{_digest(script)}'" for script in INLINE_SCRIPT.findall(html))
        return cls(html, POLICY.format(scripts=scripts), Frames.built_in(built))

    def with_sign_in(self, sign_in: SignIn) -> "Shell":
        """The same with what the app has to know to sign people in, and leave to ask the identity provider."""
        html = self.html.replace("</head>", f"{sign_in.as_html}\n  </head>", 1)
        return replace(self, html=html, policy=self.policy.replace(ASKED, f"{ASKED} {sign_in.origin}", 1))

    def page(self, head: str, frame: Frame) -> str:
        """A page with a head of its own, and all that is to be seen and loaded before the app runs."""
        begun, _, ended = HEAD.sub(lambda _: head, self.html, count=1).partition("</head>")
        ended = ended.replace("<!--frame-->", frame.html, 1).replace("<!--data-->", frame.data, 1)
        begun = begun.replace(LANGUAGE, f'<html lang="{frame.language}">', 1)
        return f"{begun}{self._links_to(frame)}</head>{ended}"

    def _links_to(self, frame: Frame) -> str:
        """To files that the page would find out later that it needs."""
        styles = [f'<link rel="stylesheet" crossorigin href="{file}">' for file in frame.needed.styles]
        scripts = [f'<link rel="modulepreload" crossorigin href="{file}">' for file in frame.needed.scripts]
        links = zip([*frame.needed.styles, *frame.needed.scripts], [*styles, *scripts], strict=True)
        return "".join(f"  {link}\n  " for file, link in links if file not in self.html)


def etag_of(html: str, coding: str = "") -> str:
    """The ETag of a page: a hash of what is in it, and of the coding in which it is sent."""
    return f'"{hashlib.sha256(f"{coding} {html}".encode()).hexdigest()[:32]}"'


def _digest(script: str) -> str:
    return b64encode(hashlib.sha256(script.encode()).digest()).decode()
