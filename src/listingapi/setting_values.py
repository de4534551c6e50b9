"""What the values of settings may be, and how they are read; what is wrong is said without the value of an address."""

import json
import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from listingapi.access.scopes import Scope

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ANY = frozenset({"*"})

HOST = re.compile(r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*\]?")
ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]+)?")


def _words(value: Any) -> Any:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _object(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError('it must be JSON, such as {"editor": ["listings:read"]}') from None


def _safe(url: str) -> str:
    """See that nobody on the way can change what is fetched from there."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ValueError("keys are fetched from another machine by https only")
    return url


def _address(pattern: str, must_be: str) -> AfterValidator:
    """Have an address begin as the pattern says; what it is instead is not shown, as it may hold a password."""

    def check(url: str) -> str:
        if not re.match(pattern, url):
            raise ValueError(f"it must be {must_be} address")
        return url

    return AfterValidator(check)


def _with_a_port(url: str) -> str:
    try:
        is_right = urlsplit(url).port != 0
    except ValueError:
        is_right = False
    if not is_right:
        raise ValueError("its port must be one from 1 to 65535")
    return url


def _networks(values: frozenset[str]) -> frozenset[str]:
    return frozenset(str(ip_network(value)) for value in values)


def _hosts(values: frozenset[str]) -> frozenset[str]:
    return _each(values, HOST, "a name such as api.example.com, *.example.com or an address, without scheme and port")


def _origins(values: frozenset[str]) -> frozenset[str]:
    return _each(values, ORIGIN, "an origin as browsers send it, such as https://www.example.com, without a path")


def _each(values: frozenset[str], form: re.Pattern[str], must_be: str) -> frozenset[str]:
    if wrong := sorted(value for value in values - ANY if not form.fullmatch(value)):
        raise ValueError(f"{wrong[0]} must be {must_be}")
    if len(values) > 1 and values > ANY:
        raise ValueError("* stands alone: it is all of them")
    return values


PostgreSQLURL = Annotated[str, _address(r"postgres(ql)?://", "a postgresql://")]
RedisURL = Annotated[
    str, _address(r"(rediss?|unix)://.", "a redis://, rediss:// or unix://"), AfterValidator(_with_a_port)
]
RabbitMQURL = Annotated[str, _address(r"amqps?://.", "an amqp:// or amqps://"), AfterValidator(_with_a_port)]
HTTPURL = Annotated[str, _address(r"https?://[^/\s]+", "an https:// or http://")]
SafeURL = Annotated[HTTPURL, AfterValidator(_safe)]
Words = Annotated[frozenset[str], NoDecode, BeforeValidator(_words)]
Networks = Annotated[Words, AfterValidator(_networks)]
Hosts = Annotated[Words, Field(min_length=1), AfterValidator(_hosts)]
Origins = Annotated[Words, AfterValidator(_origins)]
Scopes = Annotated[frozenset[Scope], NoDecode, BeforeValidator(_words)]
Roles = Annotated[Mapping[str, frozenset[Scope]], NoDecode, BeforeValidator(_object)]
Rate = Annotated[int, Field(ge=0, le=1_000_000_000)]
Share = Annotated[float, Field(ge=0, le=1)]
