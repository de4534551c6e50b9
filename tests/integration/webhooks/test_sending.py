"""There is no way into private addresses: what is connected to is what was checked, by the name that was asked for."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from h11 import Connection

from listingapi.webhooks import sending
from listingapi.webhooks.addresses import Address, AllowedAddresses
from listingapi.webhooks.retrying import Outcome
from listingapi.webhooks.sending import Sender, addresses_of
from tests.authority import Authority
from tests.receivers import goes_on, receiving

NAME = "receiver.test"
FIRST, SECOND = "127.0.0.1", "127.0.0.2"
WAYS_INSIDE = (
    "127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.0.0.1.", "127.1",
    "0.0.0.0",  # noqa: S104 - nothing is bound
)  # fmt: skip
REFUSED = Outcome(problem=sending.NOT_ALLOWED)
UNREACHED = Outcome(problem=sending.NO_CONNECTION)


class Names:
    """A resolver that leads a name to one address after the other, and counts how often it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        self.asked.append((host, port))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [ip_address(each) for each in answer]


def sender(
    names: Names | None = None, *, networks: Sequence[str] = (), trusted: ssl.SSLContext | None = None
) -> Sender:
    return Sender(AllowedAddresses(networks), resolve=names, trusted=trusted, seconds=5)


@contextmanager
def counted(kind: type, method: str) -> Iterator[list[Any]]:
    """What a method of a class has returned, until the end of the block."""
    returned: list[Any] = []
    real = getattr(kind, method)

    def counting(self: Any, *given: Any) -> Any:
        returned.append(real(self, *given))
        return returned[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, method, counting)
        yield returned


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def test_the_address_that_was_checked_is_connected_to(authority: Authority) -> None:
    """A name that leads elsewhere a moment later leads nobody there."""
    names = Names([FIRST], [SECOND])
    async with (
        receiving(tls=authority.serving(NAME)) as checked,
        receiving(host=SECOND, port=checked.port, tls=authority.serving(NAME)) as rebound,
    ):
        rebinding = sender(names, networks=[f"{FIRST}/32"], trusted=authority.trusting)
        first = await rebinding.post(f"https://{NAME}:{checked.port}/hook", b"{}", {})
        asked = len(names.asked)
        second = await rebinding.post(f"https://{NAME}:{checked.port}/hook", b"{}", {})

    assert (first, asked) == (Outcome(204), 1)
    assert second == REFUSED
    assert (checked.connections, rebound.connections) == (1, 0)
    assert checked.received[0].headers["host"] == f"{NAME}:{checked.port}"


@pytest.mark.parametrize(
    "addresses", [[FIRST], ["8.8.8.8", FIRST], [FIRST, "8.8.8.8"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], []]
)
async def test_a_name_that_leads_inside_is_not_connected_to(authority: Authority, addresses: list[str]) -> None:
    async with receiving(tls=authority.serving(NAME)) as inside:
        outcome = await sender(Names(addresses), trusted=authority.trusting).post(
            f"https://{NAME}:{inside.port}/", b"{}", {}
        )

    assert outcome == REFUSED
    assert inside.connections == 0


@pytest.mark.parametrize("host", WAYS_INSIDE)
async def test_no_way_of_writing_an_address_leads_inside(host: str) -> None:
    async with receiving() as inside:
        for scheme in ("http", "https"):
            assert await sender().post(f"{scheme}://{host}:{inside.port}/", b"{}", {}) == REFUSED

    assert inside.connections == 0


async def test_a_name_is_sent_to_without_tls_in_own_networks_alone() -> None:
    async with receiving() as receiver:
        url = f"http://{NAME}:{receiver.port}/"
        taken = await sender(Names([FIRST]), networks=["127.0.0.0/8"]).post(url, b"{}", {})
        refused = await sender(Names([FIRST, "8.8.8.8"]), networks=["127.0.0.0/8"]).post(url, b"{}", {})

    assert (taken, refused) == (Outcome(204), REFUSED)
    assert receiver.connections == 1


async def test_the_certificate_has_to_be_that_of_the_name(authority: Authority) -> None:
    async with receiving(tls=authority.serving("other.test")) as receiver:
        outcome = await sender(Names([FIRST]), networks=["127.0.0.0/8"], trusted=authority.trusting).post(
            f"https://{NAME}:{receiver.port}/", b"{}", {}
        )

    assert outcome == UNREACHED
    assert receiver.received == []


async def test_the_certificate_has_to_be_one_that_is_trusted(authority: Authority) -> None:
    async with receiving(tls=authority.serving(NAME)) as receiver:
        outcome = await sender(Names([FIRST]), networks=["127.0.0.0/8"]).post(
            f"https://{NAME}:{receiver.port}/", b"{}", {}
        )

    assert outcome == UNREACHED
    assert receiver.received == []


async def test_the_next_address_is_tried_where_one_takes_no_connection(authority: Authority) -> None:
    async with receiving(tls=authority.serving(NAME)) as receiver:
        several = sender(Names([SECOND, FIRST]), networks=["127.0.0.0/8"], trusted=authority.trusting)
        outcome = await several.post(f"https://{NAME}:{receiver.port}/", b"{}", {})

    assert outcome == Outcome(204)
    assert len(receiver.received) == 1


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"])
async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    async with receiving() as proxy, receiving() as receiver:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
        outcome = await sender(networks=["127.0.0.0/8"]).post(receiver.url, b"{}", {})

    assert outcome == Outcome(204)
    assert proxy.connections == 0


async def test_nothing_listens() -> None:
    async with receiving() as receiver:
        pass

    assert await sender(networks=["127.0.0.0/8"]).post(receiver.url, b"{}", {}) == UNREACHED


async def test_what_the_operating_system_knows_of_a_name() -> None:
    assert ip_address(FIRST) in await addresses_of("localhost", 443)
    assert await addresses_of("receiver.invalid", 443) == []
    assert await addresses_of("a" * 64 + ".invalid", 443) == []


async def test_a_resolver_that_hangs_is_not_waited_for() -> None:
    async def hangs(_: str, __: int) -> Any:
        await receiver.released.wait()

    async with receiving() as receiver:
        outcome = await Sender(AllowedAddresses(()), resolve=hangs, seconds=0.1).post(f"https://{NAME}/", b"{}", {})

    assert outcome == Outcome(problem=sending.NO_ANSWER_IN_TIME)


FLOODS = {
    "answers on the way": b"HTTP/1.1 102 Processing\r\n\r\n" * 1000,
    "a head that has no end": b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 100_000,
    "tiny chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 100_000,
    "a large body": b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 10_000_000,
}


@pytest.mark.parametrize("name", FLOODS)
@pytest.mark.parametrize("is_safe", [False, True], ids=["without TLS", "by TLS"])
async def test_no_more_than_a_little_of_an_answer_is_read(authority: Authority, name: str, *, is_safe: bool) -> None:
    """What is not read is not worked on either: whoever floods gets no time of this process."""
    tls = authority.serving(NAME) if is_safe else None
    async with receiving(goes_on(FLOODS[name], b""), tls=tls) as receiver:
        url = f"http{'s' * is_safe}://{NAME}:{receiver.port}/"
        trusting = sender(Names([FIRST]), networks=["127.0.0.0/8"], trusted=authority.trusting)
        with counted(Connection, "next_event") as events:
            outcome = await trusting.post(url, b"{}", {})

    assert outcome in (Outcome(200), Outcome(problem=sending.NO_HTTP))
    assert len(events) < 1500
