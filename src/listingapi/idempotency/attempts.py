"""Requests that may safely be repeated (draft-ietf-httpapi-idempotency-key-header)."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import HeaderParameter
from litestar.types import HTTPScope

from listingapi.access.callers import Caller
from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.infra.observation import observation_in

LONGEST_KEY = 255
# In quotes, each character may be escaped.
HEADER_SCHEMA = {
    "minLength": 1,
    "maxLength": 2 * LONGEST_KEY + 2,
    "pattern": rf'^([!#-~]{{1,{LONGEST_KEY}}}|"([ !#-\[\]-~]|\\["\\]){{1,{LONGEST_KEY}}}")$',
}
QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
PLAIN = re.compile(r"[!#-~]+")

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Names this request, so that it takes effect once however often it is sent; kept for 72 hours.",
        schema_extra=HEADER_SCHEMA,
    ),
]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending of a request that writes.

    By whom, for which operation (its id in the OpenAPI document), under which key if any, the digest of what was sent,
    and the trace that it is part of, if any.
    """

    by: Caller
    operation: str
    key: str | None = None
    fingerprint: bytes = b""
    trace: str | None = None

    @property
    def account_id(self) -> int:
        """The account that the caller acts for."""
        return self.by.account_id

    @property
    def number(self) -> int:
        """A number of 64 bits for whoever has to tell this caller's key from others."""
        digest = sha256(f"{self.account_id} {self.key}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)


async def attempt_of(
    request: Request[Any, Any, Any], caller: NamedDependency[Caller], idempotency_key: IdempotencyKey = None
) -> Attempt:
    """The attempt that a request is; a body that its operation does not take has no part in it.

    Raises:
        InvalidRequest: the header holds no key, or more than one.
    """
    if idempotency_key is not None and len(request.headers.getall("Idempotency-Key")) > 1:
        raise InvalidRequest([FieldProblem("?Idempotency-Key", "must be given only once")])
    takes_body = request.route_handler.parsed_data_field is not None
    body = await request.body() if takes_body and idempotency_key is not None else b""
    return attempt_in(request.scope, caller, str(request.route_handler.operation_id), idempotency_key, body)


def attempt_in(scope: HTTPScope, caller: Caller, operation: str, idempotency_key: str | None, body: bytes) -> Attempt:
    """The same by the value of the header, if it has one, and the body, which matters then.

    Raises:
        InvalidRequest: the header holds no key.
    """
    trace = observation_in(scope).traceparent
    if idempotency_key is None:
        return Attempt(caller, operation, trace=trace)
    target = scope["raw_path"] + b"?" + scope["query_string"]
    what = scope["method"].encode() + b" " + target + b"\n" + body
    return Attempt(caller, operation, _key(idempotency_key), sha256(what).digest(), trace)


def _key(header: str) -> str:
    """The key in a header: a string in quotes as the draft has it, or the bare key that many clients send."""
    quoted = QUOTED.fullmatch(header.strip())
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else header.strip()
    if not 1 <= len(key) <= LONGEST_KEY or not (quoted or PLAIN.fullmatch(key)):
        problem = f"must be 1 to {LONGEST_KEY} printable ASCII characters, in double quotes if it has spaces or quotes"
        raise InvalidRequest([FieldProblem("?Idempotency-Key", problem)])
    return key
