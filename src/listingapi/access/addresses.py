"""Where a request comes from, as far as it counts."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

from litestar.types import HTTPScope

UNKNOWN = "unknown"
LONGEST_NAME = 64


def address_of(scope: HTTPScope) -> str:
    """What the address of a client counts as."""
    return address_of_client(scope["client"])


def address_of_client(client: tuple[str, int] | None) -> str:
    """The same of a client by its host and port."""
    return network_of(client[0]) if client else UNKNOWN


@lru_cache(maxsize=10_000)
def network_of(host: str) -> str:
    """An IPv4 address counts by itself, an IPv6 address by its /64: that is the least that a customer is given."""
    try:
        address = ip_address(host)
    except ValueError:
        return host[:LONGEST_NAME] or UNKNOWN
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((int(address) >> 64 << 64, 64)))
