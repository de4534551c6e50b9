"""Who waits for a read without being a request yet is answered like all others."""

import asyncio
from time import monotonic
from typing import Any

import pytest
from structlog.testing import capture_logs

from listingapi.access.credentials import KEPT_SECONDS
from listingapi.hot.shortcut import Shortcut
from tests.accounts import Headers
from tests.conftest import TestDatabase
from tests.held import held_back
from tests.integration.hot.early.answers import said
from tests.integration.hot.early.here import NOBODY_HAS_IT, NOW, ORDINARY, Here, serving_here
from tests.until import until

ATTEMPTS = 5


@pytest.mark.parametrize("path", ["/listings/{}", "/listings/{}/prices"])
@pytest.mark.parametrize("is_known", [False, True], ids=["anonymous", "with a key"])
@pytest.mark.parametrize("lines", [
    pytest.param(b"", id="plain"),
    pytest.param(NOW, id="what is there now"),
    pytest.param(b'If-None-Match: "1"\r\n', id="known"),
    pytest.param(b"Origin: https://site.example\r\n", id="of another origin"),
])  # fmt: skip
def test_an_answer_is_the_same_as_by_the_way_of_all_requests(
    here: Here, listings: list[int], path: str, lines: bytes, *, is_known: bool
) -> None:
    lines, path = lines + (here.key if is_known else b""), path.format(listings[0])
    for _ in range(ATTEMPTS):
        began, before = monotonic(), here.early.late
        ordinary, early = here.ask(path, lines + ORDINARY), here.ask(path, lines)
        if monotonic() - began < KEPT_SECONDS:  # for so long, the key is known
            break

    assert here.early.late == before + 1
    assert said(early) == said(ordinary)
    assert early.status == (304 if b"If-None-Match" in lines else 200)


@pytest.mark.parametrize("is_known", [False, True], ids=["anonymous", "with a key"])
@pytest.mark.parametrize("what", ["", "/prices"])
def test_where_nothing_is_found_the_way_of_all_requests_answers_and_then_at_once(
    here: Here, what: str, *, is_known: bool
) -> None:
    lines, path = (here.key if is_known else b""), f"/listings/{NOBODY_HAS_IT + is_known}{what}"
    here.ask(f"/listings/{NOBODY_HAS_IT - 1}", lines + ORDINARY)  # who has the key is known from then on
    before = here.early.late
    answers = [here.ask(path, lines) for _ in range(3)]
    ordinary = here.ask(path, lines + ORDINARY)

    assert here.early.late == before + 1
    assert [said(answer) for answer in answers] == [said(ordinary)] * 3
    assert ordinary.status == 404


@pytest.mark.parametrize("line", [
    b"Authorization: Bearer lst_wrong\r\n", b"Authorization: Basic x\r\n", b"Range: bytes=0-1\r\n", b"Cookie: a=b\r\n",
    b"Accept: text/csv\r\n",
])  # fmt: skip
def test_what_is_unusual_waits_for_nothing_here(here: Here, listings: list[int], line: bytes) -> None:
    before = here.early.late
    here.ask(f"/listings/{listings[0]}/prices", line)

    assert here.early.late == before


async def test_a_read_that_fails_is_tried_by_the_way_of_all_requests(
    here: Here, listings: list[int], database: TestDatabase
) -> None:
    async with held_back(database) as holder:
        asked = asyncio.create_task(asyncio.to_thread(here.ask, f"/listings/{listings[0]}/prices", NOW))
        await here.early.until_waiting(1)

        async def is_ended() -> bool:
            return bool(await holder.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND application_name = 'listingapi reads'"
            ))  # fmt: skip

        await until(is_ended)
    assert (await asked).status in {200, 503}  # as soon as it is answered again, or as it was
    await here.early.until_waiting(0)


@pytest.mark.parametrize("where", ["_usual", "_late", "_answer"])
async def test_an_error_that_nobody_expects_is_logged_and_the_way_of_all_requests_answers(
    database: TestDatabase, key: Headers, listings: list[int], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def fail(*_: Any) -> None:
        raise LookupError

    with serving_here(database, key) as here:
        ordinary = here.ask(f"/listings/{listings[0]}", ORDINARY)
        monkeypatch.setattr(Shortcut, where, fail)
        with capture_logs() as logged:
            answer = here.ask(f"/listings/{listings[0]}")
        await here.early.until_waiting(0)

    assert said(answer) == said(ordinary)
    [failure] = [line for line in logged if line["event"] == "request_failed"]
    assert failure["traceback"].endswith("LookupError")
