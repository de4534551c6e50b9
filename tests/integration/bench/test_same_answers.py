"""The benchmark measures nobody who does other work than this service."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import msgspec
import pytest
from bench.ratios.same_answers import require_same_answers

from listingapi.infra.protocol import Protocol
from tests import factories
from tests.edge import listening
from tests.servers import ServeProcess

Bend = Callable[[str, httpx.Response], httpx.Response]


class Peer:
    """Has our service answer, and bends what it says; writes of some methods it keeps to itself."""

    def __init__(self, url: str, bend: Bend, forgets: Mapping[str, int]) -> None:
        self._url = url
        self._bend = bend
        self._forgets = forgets

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        method, url = scope["method"], self._url + scope["path"]
        body = (await receive()).get("body", b"")
        async with httpx.AsyncClient(headers={"Content-Type": "application/json"}) as client:
            kept = self._forgets.get(method, 0)
            answer = await client.get(url) if kept else await client.request(method, url, content=body)
        bent = self._bend(method, answer)
        await send({"type": "http.response.start", "status": bent.status_code, "headers": []})
        await send({"type": "http.response.body", "body": bent.content, "more_body": False})


@contextmanager
def peer_of(server: ServeProcess, bend: Bend, **forgets: int) -> Iterator[str]:
    with listening(Peer(server.url, bend, forgets), Protocol, lifespan="off") as (host, port):
        yield f"http://{host}:{port}"


def as_it_is(_: str, answer: httpx.Response) -> httpx.Response:
    return answer


def bent(change: Callable[[Any], Any], *, method: str = "GET") -> Bend:
    """Changes the bodies of answers."""

    def bend(asked: str, answer: httpx.Response) -> httpx.Response:
        if asked != method or not answer.is_success:
            return answer
        return httpx.Response(answer.status_code, content=msgspec.json.encode(change(answer.json())))

    return bend


def cheaper(body: Any) -> Any:
    """A listing that costs a cent less."""
    return body if isinstance(body, list) else body | {"latest_price_eur": body["latest_price_eur"] - 0.01}


def without_last(body: Any) -> Any:
    """A list that misses its last item."""
    return body[:-1] if isinstance(body, list) else body


def always_found(_: str, answer: httpx.Response) -> httpx.Response:
    return httpx.Response(200, content=answer.content)


@pytest.fixture(scope="module")
def ids(live_server: ServeProcess) -> list[int]:
    answers = [httpx.post(f"{live_server.url}/listings", json=factories.listing()) for _ in range(2)]
    return [answer.json()["id"] for answer in answers]


def test_a_peer_that_does_the_same_work_is_measured(live_server: ServeProcess, ids: list[int]) -> None:
    with peer_of(live_server, as_it_is) as peer:
        require_same_answers(live_server.url, {"Peer": peer}, {}, ids)


@pytest.mark.parametrize(
    ("bend", "forgets", "what"),
    [
        pytest.param(bent(cheaper), {}, "/listings/", id="another price"),
        pytest.param(bent(without_last), {}, "/prices", id="a history without its last entry"),
        pytest.param(bent(without_last), {}, "GET /listings", id="a page without its last listing"),
        pytest.param(bent(cheaper, method="POST"), {}, "POST /listings", id="a create with another price"),
        pytest.param(as_it_is, {"PUT": 1}, "PUT /listings", id="an update that changes nothing"),
        pytest.param(always_found, {}, "POST /listings", id="a create that is not 201"),
        pytest.param(always_found, {}, "a listing that does not exist", id="a listing where there is none"),
    ],
)
def test_a_peer_that_does_other_work_is_not(
    live_server: ServeProcess, ids: list[int], bend: Bend, forgets: dict[str, int], what: str
) -> None:
    with (
        peer_of(live_server, bend, **forgets) as peer,
        pytest.raises(SystemExit, match="Peer does not answer") as ended,
    ):
        require_same_answers(live_server.url, {"Peer": peer}, {}, ids)

    assert what in str(ended.value)
