"""Which requests are for pages that may be made once for several."""

from typing import Any

import pytest

from listingapi.hot.asked_pages import page_asked


def scope(path: str, *headers: tuple[str, str], method: str = "GET", query: str = "") -> Any:
    return {
        "method": method,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/listings", "/listings"),
        ("/listings/1", "/listings/{id}"),
        ("/listings/1/prices", "/listings/{id}/prices"),
        ("/listings/1/prices/summary", "/listings/{id}/prices/summary"),
        ("/listings/1/prices/at", "/listings/{id}/prices/at"),
        ("/markets/FR/Saint-%C3%89tienne/HOUSE/statistics", "/markets/{country}/{city}/{building_type}/statistics"),
    ],
)
def test_pages_have_the_route_that_they_take(path: str, template: str) -> None:
    asked = page_asked(scope(path))

    assert asked is not None
    assert asked.route.template == template


@pytest.mark.parametrize(
    "path",
    [
        "/", "/listings/", "/listings/a", "/listings/a/prices", "/listings/1/prices/7", "/markets/FR/Paris/HOUSE",
        "/markets/FR/Biel/Bienne/HOUSE/statistics", "/events", "/events/stream", "/accounts", "/price-reviews",
        "/pricing-rules", "/webhooks", "/audit", "/metrics", "/readyz", "/openapi.json", "/listings\n",
    ],
)  # fmt: skip
def test_all_else_is_left_alone(path: str) -> None:
    assert page_asked(scope(path)) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "TRACE", "HEAD"])
def test_only_what_is_read_is_shared(method: str) -> None:
    assert page_asked(scope("/listings", method=method)) is None


def test_what_the_answer_depends_on_parts_pages() -> None:
    several = [
        scope("/listings"),
        scope("/listings", query="limit=1"),
        scope("/listings/1/prices"),
        scope("/listings", ("accept", "text/csv")),
        scope("/listings", ("accept", "text/csv"), ("accept", "text/html")),
        scope("/listings", ("if-none-match", '"1"')),
    ]
    keys = {asked.key for each in several if (asked := page_asked(each))}

    assert len(keys) == len(several)


def test_nothing_else_parts_them() -> None:
    others = (
        ("user-agent", "x"),
        ("origin", "https://a.example"),
        ("x-request-id", "7"),
        ("cache-control", "no-cache"),
    )
    asked, plain = page_asked(scope("/listings", *others)), page_asked(scope("/listings"))

    assert asked
    assert plain
    assert (asked.key, asked.is_now, plain.is_now) == (plain.key, True, False)
