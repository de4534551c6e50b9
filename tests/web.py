"""A web app as small as one can be, built into a folder."""

import gzip
import json
from pathlib import Path

PAGE = """<!doctype html>
<html lang="en">
  <head>
    <!--head--><title>built</title><!--/head-->
    <script>let theme = 1;</script>
    <script type="module" src="/assets/app-1a2b3c4d.js"></script>
  </head>
  <body><div id="app"><!--frame--></div><!--data--></body>
</html>
"""
NEEDED = {"scripts": ["/assets/app-1a2b3c4d.js", "/assets/page-1a2b3c4d.js"], "styles": ["/assets/page-1a2b3c4d.css"]}
NOTHING_NEEDED: dict[str, list[str]] = {"scripts": [], "styles": []}
SCRIPT = b"console.log('app');"


def texts_in(language: str) -> dict[str, object]:
    """The parts of pages in a language."""
    return {
        "plain": f"<header>{language}</header>",
        "listings": f"<h1>homes in {language}</h1><ol>{{{{cards}}}}</ol>",
        "card": "<li><h2>{{name}}</h2>{{place}}<p>{{description}}</p><a href='/{{id}}/prices'></a></li>",
        "room": "<li></li>",
        "listing": f"<h1>prices in {language} of {{{{name}}}}</h1><p>{{{{place}}}}</p>",
        "countries": {"FR": f"France in {language}"},
        "heads": {
            "plain": {"title": "ListingAPI", "description": f"What it is, in {language}"},
            "listings": {"title": f"Homes in {language}", "description": "All of them"},
            "markets": {"title": f"Markets in {language}", "description": "To choose from"},
        }
        | {
            f"market-{kind}": {
                "title": f"{kind} of {{{{city}}}} in {language}",
                "description": "{{city}} ({{country}})",
            }
            for kind in ("APARTMENT", "HOUSE", "STUDIO")
        },
        "needed": {"plain": NOTHING_NEEDED, "listings": NEEDED, "listing": NEEDED, "market": NEEDED},
    }


def build_into(folder: Path) -> Path:
    """Write it as the build does, with one script, and a picture that is not compressed; returns the folder."""
    assets = folder / "assets"
    assets.mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "frames.json").write_text(json.dumps({language: texts_in(language) for language in ("en", "fr")}))
    (assets / "app-1a2b3c4d.js").write_bytes(SCRIPT)
    (assets / "app-1a2b3c4d.js.gz").write_bytes(gzip.compress(SCRIPT))
    (assets / "app-1a2b3c4d.js.br").write_bytes(b"as brotli has it")
    (assets / "photo-1a2b3c4d.png").write_bytes(b"PNG")
    return folder
