"""The page that all begin as, and what it may load."""

from pathlib import Path

from listingapi.web.frames import Frame, Needed
from listingapi.web.shell import Shell
from tests import web


def test_a_page_has_the_head_that_it_is_given_and_nothing_else_changes(tmp_path: Path) -> None:
    shell = Shell.built_in(web.build_into(tmp_path))
    page = shell.page(r"<title>\1 of its own</title>", Frame("en", "", Needed([], [])))
    empty = web.PAGE.replace("<!--frame-->", "").replace("<!--data-->", "")

    assert page == empty.replace("<!--head--><title>built</title><!--/head-->", r"<title>\1 of its own</title>")


def test_what_a_page_needs_is_named_once_behind_what_all_need_and_what_is_seen_is_in_its_place(tmp_path: Path) -> None:
    shell = Shell.built_in(web.build_into(tmp_path))
    html = shell.page("", Frame("fr", "<h1>vu</h1>", Needed(**web.NEEDED), "<i>data</i>"))

    assert '<html lang="fr">' in html
    assert '<div id="app"><h1>vu</h1></div><i>data</i>' in html
    assert html.count("/assets/app-1a2b3c4d.js") == 1
    assert '<link rel="modulepreload" crossorigin href="/assets/page-1a2b3c4d.js">' in html
    assert html.index("app-1a2b3c4d.js") < html.index(
        '<link rel="stylesheet" crossorigin href="/assets/page-1a2b3c4d.css">'
    )


def test_scripts_in_the_page_run_only_if_it_was_built_with_them(tmp_path: Path) -> None:
    # echo -n "let theme = 1;" | openssl dgst -sha256 -binary | base64
    digest = "'sha256-vd8VuAMUV91jFOgQ0EHyeKEp0q6RTqVQxXmyqHStngU='"
    shell = Shell.built_in(web.build_into(tmp_path))

    assert f"script-src 'self' {digest};" in shell.policy
    assert "unsafe" not in shell.policy
    assert shell.policy.startswith("default-src 'none';")
