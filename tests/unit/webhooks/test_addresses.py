"""Which addresses webhooks are sent to: public ones by https, and those of networks that the deployment names."""

from collections.abc import Callable
from ipaddress import ip_address

import pytest

from listingapi.webhooks.addresses import AddressRefused, AllowedAddresses, Target, is_public

PUBLIC = [
    "8.8.8.8", "203.0.114.1", "172.32.0.1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8", "2002:808:808::1", "192.88.98.255", "192.88.100.1", "3fff:1000::1",
]  # fmt: skip
PRIVATE = [
    "0.0.0.0",  # noqa: S104 - nothing is bound
    "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::8.8.8.8", "100::1", "2001::1",
    "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::", "2002:a9fe:a9fe::1", "fc00::1", "fd12:3456::1", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "fd00:ec2::254",
    "192.88.99.1", "192.88.99.255", "3fff::1", "3fff:fff:ffff::1", "5f00::1", "2002:c058:6301::1", "::ffff:192.88.99.1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_it_is_public(address: str) -> None:
    assert is_public(ip_address(address))
    AllowedAddresses(()).check("https", [ip_address(address)])


@pytest.mark.parametrize("address", PRIVATE)
def test_it_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(AddressRefused, match="public addresses only"):
        AllowedAddresses(()).check("https", [ip_address(address)])


@pytest.mark.parametrize("address", PRIVATE)
def test_one_that_is_not_public_is_enough_to_refuse_all(address: str) -> None:
    with pytest.raises(AddressRefused):
        AllowedAddresses(()).check("https", [ip_address("8.8.8.8"), ip_address(address)])


def test_no_address_is_none_to_call() -> None:
    with pytest.raises(AddressRefused):
        AllowedAddresses({"0.0.0.0/0"}).check("https", [])


@pytest.mark.parametrize(
    ("scheme", "addresses", "is_called"),
    [
        pytest.param("https", ["10.1.2.3"], True, id="inside by https"),
        pytest.param("http", ["10.1.2.3"], True, id="inside by http"),
        pytest.param("http", ["::ffff:10.1.2.3"], True, id="inside, written as one of IPv6"),
        pytest.param("http", ["fd00::7"], True, id="inside, in IPv6"),
        pytest.param("https", ["10.2.0.1"], False, id="inside, but in another network"),
        pytest.param("http", ["8.8.8.8"], False, id="outside by http"),
        pytest.param("http", ["10.1.2.3", "8.8.8.8"], False, id="inside and outside by http"),
        pytest.param("https", ["10.1.2.3", "8.8.8.8"], True, id="inside and outside by https"),
    ],
)
def test_networks_of_the_deployment(scheme: str, addresses: list[str], *, is_called: bool) -> None:
    allowed = AllowedAddresses({"10.1.0.0/16", "fd00::/8"})

    assert is_taken(lambda: allowed.check(scheme, [ip_address(each) for each in addresses])) == is_called


@pytest.mark.parametrize(
    ("url", "host", "port", "authority", "path"),
    [
        ("https://receiver.example/a?b=c", "receiver.example", 443, "receiver.example", b"/a?b=c"),
        ("https://RECEIVER.example:8443", "receiver.example", 8443, "receiver.example:8443", b"/"),
        ("HTTPS://bücher.example/ä", "xn--bcher-kva.example", 443, "xn--bcher-kva.example", b"/%C3%A4"),
        ("https://[2606:4700::1]:444/", "2606:4700::1", 444, "[2606:4700::1]:444", b"/"),
        ("https://8.8.8.8/", "8.8.8.8", 443, "8.8.8.8", b"/"),
        ("http://receiver.example:80/", "receiver.example", 80, "receiver.example", b"/"),
        ("https://a_b.re--ceiver.example/", "a_b.re--ceiver.example", 443, "a_b.re--ceiver.example", b"/"),
    ],
)
def test_an_address_is_taken_apart(url: str, host: str, port: int, authority: str, path: bytes) -> None:
    target = Target.of(url)

    assert (target.host, target.port, target.authority, target.path) == (host, port, authority, path)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://2130706433/", id="a number for an address"),
        pytest.param("https://0x7f000001/", id="a number in hexadecimal"),
        pytest.param("https://0x7f.0x0.0x0.0x1/", id="parts in hexadecimal"),
        pytest.param("https://0177.0.0.1/", id="parts in octal"),
        pytest.param("https://017700000001/", id="a number in octal"),
        pytest.param("https://127.1/", id="fewer parts"),
        pytest.param("https://127.0.0.1./", id="a dot behind an address"),
        pytest.param("https://receiver.example./", id="a dot behind a name"),
        pytest.param("https://\uff11\uff12\uff17.0.0.1/", id="other digits"),
        pytest.param("https://user:secret@receiver.example/", id="a user"),
        pytest.param("https://receiver.example@127.0.0.1/", id="a user that looks like a host"),
        pytest.param("https://receiver..example/", id="nothing between two dots"),
        pytest.param("https://.example/", id="nothing before a dot"),
        pytest.param("https://xn--/", id="a name that is coded, of nothing"),
        pytest.param("https://-receiver.example/", id="a hyphen before a name"),
        pytest.param("https://re,ceiver.example/", id="a comma in a name"),
        pytest.param(f"https://{'a' * 64}.example/", id="a part of a name that is too long"),
        pytest.param(f"https://{'a' * 60 + '.'}{('a' * 60 + '.') * 3}{'a' * 60}/", id="a name that is too long"),
        pytest.param("https://receiver.example/a#b", id="a fragment"),
        pytest.param("https://receiver.example/#", id="a fragment of nothing"),
        pytest.param("https://receiver.example:0/", id="the port 0"),
        pytest.param("https://receiver.example:65536/", id="a port that there is not"),
        pytest.param("https://[fe80::1%25eth0]/", id="an address of one link"),
        pytest.param("https:///path", id="no host"),
        pytest.param("gopher://receiver.example/", id="another scheme"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("//receiver.example/", id="no scheme"),
    ],
)
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    assert not is_taken(lambda: AllowedAddresses({"0.0.0.0/0"}).check_url(url))


@pytest.mark.parametrize(
    ("url", "networks", "is_called"),
    [
        ("https://receiver.example/", set[str](), True),
        ("http://receiver.example/", set[str](), False),
        ("http://receiver.example/", {"10.0.0.0/8"}, True),
        ("https://10.0.0.1/", set[str](), False),
        ("https://10.0.0.1/", {"10.0.0.0/8"}, True),
        ("http://10.0.0.1/", {"10.0.0.0/8"}, True),
        ("http://8.8.8.8/", {"10.0.0.0/8"}, False),
        ("https://[::ffff:10.0.0.1]/", set[str](), False),
        ("https://127\u30020\u30020\u30021/", set[str](), False),
    ],
)
def test_an_address_is_refused_as_soon_as_it_is_known(url: str, networks: set[str], *, is_called: bool) -> None:
    assert is_taken(lambda: AllowedAddresses(networks).check_url(url)) == is_called


def is_taken(check: Callable[[], None]) -> bool:
    try:
        check()
    except AddressRefused:
        return False
    return True
