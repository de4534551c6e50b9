"""Which addresses are called: public ones, and those of networks that the deployment names. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Addresses of IPv6 that stand for one of IPv4 in their last bits.
NAT64 = IPv6Network("64:ff9b::/96")
# All that is given out to be reached from everywhere.
GLOBAL_UNICAST = IPv6Network("2000::/3")
# Not public either, whatever Python makes of them: relays of 6to4 (RFC 7526) and documentation (RFC 9637).
RESERVED = (IPv4Network("192.88.99.0/24"), IPv6Network("3fff::/20"))

# What a host name is made of, as DNS has it; underscores are seen in practice.
LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
NAME = re.compile(rf"(?=.{{1,253}}\Z){LABEL}(?:\.{LABEL})*", re.IGNORECASE)

PORTS = {"https": 443, "http": 80}
LARGEST_PORT = 65_535


class AddressRefused(Exception):
    """The address is not one that is called; the message says why, in words for its owner."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a delivery goes: by which scheme to which host (in ASCII) and port, and what is asked for there."""

    scheme: str
    host: str
    port: int
    path: bytes

    @classmethod
    def of(cls, url: str) -> "Target":
        """Read an address.

        Raises:
            AddressRefused: it is none of http or https with a plain host.
        """
        try:
            parsed = httpx.URL(url)
            host, port = parsed.raw_host.decode("ascii"), parsed.port
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise AddressRefused("must be an address such as https://www.example.com/hook") from None
        if parsed.scheme not in PORTS:
            raise AddressRefused("must be an https address")
        if parsed.userinfo:
            raise AddressRefused("must not have a user or a password in it")
        if "#" in url:
            raise AddressRefused("must not have a fragment (#)")
        _check_host(host)
        if port is not None and not 0 < port <= LARGEST_PORT:
            raise AddressRefused(f"must have a port from 1 to {LARGEST_PORT}")
        return cls(parsed.scheme, host, port or PORTS[parsed.scheme], parsed.raw_path)

    @property
    def authority(self) -> str:
        """The host, and the port unless it is that of the scheme, as `Host` has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


class AllowedAddresses:
    """Public addresses by https; those of the networks that the deployment names by http, too."""

    def __init__(self, networks: Collection[str]) -> None:
        self._networks = [ip_network(network) for network in networks]

    def check_url(self, url: str) -> None:
        """See to it that an address may be called, as far as it says that itself.

        Raises:
            AddressRefused: it may not.
        """
        target = Target.of(url)
        if target.scheme != "https" and not self._networks:
            raise AddressRefused("must be an https address")
        if address := literal(target.host):
            self.check(target.scheme, [address])

    def check(self, scheme: str, addresses: Sequence[Address]) -> None:
        """See to it that all addresses that a host has may be called.

        Raises:
            AddressRefused: one may not, or there is none.
        """
        if not addresses or not all(self._is_own(each) or is_public(each) for each in addresses):
            raise AddressRefused("must lead to public addresses only")
        if scheme != "https" and not all(map(self._is_own, addresses)):
            raise AddressRefused("must be an https address")

    def _is_own(self, address: Address) -> bool:
        return any(_unwrapped(address) in network for network in self._networks)


def is_public(address: Address) -> bool:
    """Whether an address may belong to anybody on the internet, and to nothing inside."""
    address = _unwrapped(address)
    if any(address in network for network in RESERVED):
        return False
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    six_to_four = address.sixtofour
    return address.is_global and address in GLOBAL_UNICAST and (six_to_four is None or is_public(six_to_four))


def literal(host: str) -> Address | None:
    """The address that a host is, if it is no name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that one of IPv6 stands for, mapped or by NAT64; else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address


def _check_host(host: str) -> None:
    """Refuse what is neither a name nor a whole address: parts of one, other bases, a dot behind."""
    if not host or "%" in host:
        raise AddressRefused("must have a host")
    if host.endswith("."):
        raise AddressRefused("must not have a dot behind its host")
    if literal(host) is None and not _is_name(host):
        raise AddressRefused("must have a host name, or an address such as 203.0.113.7")


def _is_name(host: str) -> bool:
    last = host.rpartition(".")[2].lower()
    return NAME.fullmatch(host) is not None and not last.isdigit() and not last.startswith("0x")
