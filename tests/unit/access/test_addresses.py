"""Which addresses count as one."""

import pytest

from listingapi.access.addresses import address_of, network_of


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        pytest.param("192.0.2.7", "192.0.2.7", id="an IPv4 address counts by itself"),
        pytest.param("2001:db8:1:2::1", "2001:db8:1:2::/64", id="an IPv6 address counts by its /64"),
        pytest.param("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64", id="and so does the last of that /64"),
        pytest.param("2001:db8:1:3::1", "2001:db8:1:3::/64", id="the next /64 is another"),
        pytest.param("::ffff:192.0.2.7", "192.0.2.7", id="IPv4 in IPv6 is IPv4"),
        pytest.param("fe80::1%eth0", "fe80::/64", id="the interface does not matter"),
        pytest.param("", "unknown", id="no address"),
        pytest.param("x" * 1_000, "x" * 64, id="what is no address is cut"),
    ],
)
def test_an_address_counts_by_its_network(host: str, counted: str) -> None:
    assert network_of(host) == counted


def test_clients_without_an_address_count_as_one() -> None:
    assert address_of({"client": None}) == "unknown"  # type: ignore[typeddict-item]  # nothing else is asked for
