"""What crawlers are told of the pages that there are (https://www.sitemaps.org/protocol.html, RFC 9309); pure."""

from collections.abc import Iterable
from datetime import datetime
from html import escape

from listingapi.web.heads import path_of

# The protocol allows 50 000 in a file; fewer are answered sooner.
IDS_IN_A_SITEMAP = 10_000
# Pages that are for those who write.
NOT_FOR_CRAWLERS = ("/agents", "/new", "/sign-in", "/*/edit$", "/*/price$", "/*/corrections$")
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def robots(origin: str, *, has_sitemap: bool) -> str:
    """Which pages are not for crawlers, and where the others are listed."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_CRAWLERS)]
    return "\n".join([*lines, *([f"Sitemap: {origin}/sitemap.xml"] if has_sitemap else ()), ""])


def index_of(last_id: int, origin: str) -> str:
    """The list of all sitemaps: one for so many ids, up to the highest that there is."""
    numbers = range(last_id // IDS_IN_A_SITEMAP + 1)
    return _document("sitemapindex", (f"<sitemap>{_place(origin, f'/sitemaps/{n}.xml')}</sitemap>" for n in numbers))


def ids_in(number: int) -> tuple[int, int]:
    """The first and the last id that a sitemap may name."""
    first = number * IDS_IN_A_SITEMAP
    return first, first + IDS_IN_A_SITEMAP - 1


def sitemap_of(listings: Iterable[tuple[int, datetime]], origin: str) -> str:
    """The pages of listings, and when each was last updated; no page is listed where there is nothing to see."""
    return _document(
        "urlset",
        (
            f"<url>{_place(origin, path_of(listing_id))}<lastmod>{updated:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>"
            for listing_id, updated in listings
        ),
    )


def _place(origin: str, path: str) -> str:
    return f"<loc>{escape(origin + path)}</loc>"


def _document(root: str, entries: Iterable[str]) -> str:
    lines = ('<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{NAMESPACE}">', *entries, f"</{root}>", "")
    return "\n".join(lines)
