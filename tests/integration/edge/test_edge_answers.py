"""What nginx refuses by itself, what it compresses, and which files it has."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.behind import PATIENCE_SECONDS, client_of
from tests.nginx import nginx_before
from tests.sockets import exchange
from tests.upstreams import Upstream


@pytest.mark.parametrize(
    ("path", "encoding", "etag"),
    [
        pytest.param("/listings", "gzip", 'W/"7"', id="a list"),
        pytest.param("/listings/1/prices", "gzip", 'W/"7"', id="a history"),
        pytest.param("/listings/1", None, '"7"', id="but not a listing, whose ETag a write needs"),
    ],
)
def test_large_answers_are_compressed(
    client: httpx.Client, service: Upstream, path: str, encoding: str | None, etag: str
) -> None:
    service.filling, service.headers = b"x" * 2_000, {"ETag": '"7"'}
    answer = client.get(path)

    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["etag"] == etag
    assert answer.json()["filling"] == "x" * 2_000
    assert service.header("Accept-Encoding") is None


def test_small_answers_are_not_compressed(client: httpx.Client) -> None:
    assert "content-encoding" not in client.get("/listings").headers


FOR_GOOD = "public, max-age=31536000, immutable"


@pytest.mark.parametrize(("name", "kept"), [("index-B3xk9Qz1.js", FOR_GOOD), ("index.js", None)])
def test_files_whose_names_tell_their_content_are_kept_for_good(
    client: httpx.Client, tmp_path: Path, name: str, kept: str | None
) -> None:
    folder = tmp_path / "web" / "assets"
    folder.mkdir(parents=True)
    (folder / name).write_text("let it = 1")
    answer = client.get(f"/assets/{name}")

    assert answer.headers.get("cache-control") == kept
    assert (answer.text == "let it = 1") == (kept is not None)


def test_a_file_that_is_not_there_is_for_the_service_to_refuse(client: httpx.Client, service: Upstream) -> None:
    service.status = 404

    assert client.get("/assets/index-B3xk9Qz1.js").status_code == 404
    assert len(service.asked) == 1


FEW = {"rate=2000r/s": "rate=1r/m", "burst=4000": "burst=2"}


def test_a_flood_from_one_address_is_refused_and_nobody_else(service: Upstream, tmp_path: Path) -> None:
    with nginx_before(tmp_path, service.address, service.address, changes=FEW) as address, ExitStack() as stack:
        clients = [stack.enter_context(client_of(address, source=source)) for source in ("127.0.0.2", "127.0.0.3")]
        answers = [client.get("/accounts") for client in [clients[0]] * 5 + [clients[1]] * 2]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429, 200, 200]
    assert answers[3].json().keys() == {"message"}
    assert answers[3].headers["retry-after"] == "1"


def test_this_machine_itself_may_ask_for_as_much_as_it_likes(service: Upstream, tmp_path: Path) -> None:
    with nginx_before(tmp_path, service.address, service.address, changes=FEW) as address, client_of(address) as client:
        assert [client.get("/accounts").status_code for _ in range(6)] == [200] * 6


@pytest.mark.parametrize(
    ("addresses", "statuses"),
    [
        pytest.param(["2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6"], [200, 429], id="one network of 64 bits"),
        pytest.param(["2001:db8:1:2::1", "2001:db8:1:3::1"], [200, 200], id="two of them"),
        pytest.param(["2001:db8::1", "2001:db8::2"], [200, 429], id="one that is written short"),
        pytest.param(["192.0.2.1", "192.0.2.2"], [200, 200], id="two addresses of IPv4"),
    ],
)
def test_a_network_of_ipv6_counts_as_one(
    service: Upstream, tmp_path: Path, addresses: list[str], statuses: list[int]
) -> None:
    behind_a_proxy = "server_tokens off; set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;"
    changes = {"rate=2000r/s": "rate=1r/m", "burst=4000 nodelay": "nodelay", "server_tokens off;": behind_a_proxy}
    edge = nginx_before(tmp_path, service.address, service.address, changes=changes)
    with edge as address, client_of(address) as client:
        answers = [client.get("/accounts", headers={"X-Forwarded-For": sender}) for sender in addresses]

    assert [answer.status_code for answer in answers] == statuses
    assert service.header("X-Forwarded-For", 0) == addresses[0]


def test_too_many_requests_at_once_from_one_address_are_refused(service: Upstream, tmp_path: Path) -> None:
    service.may_answer.clear()
    changes = {"listingapi_connections 1000": "listingapi_connections 1"}
    edge = nginx_before(tmp_path, service.address, service.address, changes=changes)
    with edge as address, client_of(address, source="127.0.0.2") as client, ThreadPoolExecutor(1) as pool:
        held = pool.submit(client.get, "/accounts")
        service.is_asked.wait(PATIENCE_SECONDS)
        refused = client.get("/accounts").status_code
        service.may_answer.set()

        assert (refused, held.result().status_code) == (429, 200)


def test_what_no_service_would_take_is_refused_before_it_is_sent(client: httpx.Client, service: Upstream) -> None:
    host, port = client.base_url.host, client.base_url.port
    assert port
    head = b"POST /listings HTTP/1.1\r\nHost: test\r\nContent-Length: 20000000\r\n\r\n"
    answer = exchange((host, port), head)

    assert (answer.status, answer.json) == (413, {"message": "The body is larger than 1 MiB."})
    assert service.asked == []
