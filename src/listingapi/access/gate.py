"""The gate that every request comes through: it says who calls, or refuses wrong credentials."""

from collections.abc import Sequence
from hashlib import sha256

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from listingapi.access.callers import Caller, put_caller
from listingapi.access.credentials import Credentials
from listingapi.access.logins import FailedLogins
from listingapi.access.refusals import wrong_credentials
from listingapi.errors import RequestError
from listingapi.rendering import error_answer

BEARER = b"bearer "


class Gate:
    """Gives each request its caller. Credentials that are wrong are refused also where none are needed."""

    def __init__(self, app: ASGIApp, credentials: Credentials, logins: FailedLogins, anonymous: Caller) -> None:
        self._app = app
        self._credentials = credentials
        self._logins = logins
        self._anonymous = anonymous

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            try:
                put_caller(scope, await self._caller(scope))
            except RequestError as error:
                await error_answer(error, scope).send(send)
                return
        await self._app(scope, receive, send)

    async def _caller(self, scope: HTTPScope) -> Caller:
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        if not given:
            return self._anonymous
        token = _token_in(given)
        return await self._logins.guard(scope, token, lambda: self._holder(token))

    def known(self, token: bytes) -> Caller | None:
        """The caller without a token, or of one that is an API key and was found good a moment ago."""
        if not token:
            return self._anonymous
        digest = sha256(token).digest()
        return self._credentials.known(digest) if self._logins.knows(digest) else None

    async def _holder(self, token: bytes) -> Caller:
        if not token:
            raise wrong_credentials("not one bearer token")
        try:
            return await self._credentials.caller(token.decode("ascii"))
        except UnicodeDecodeError:
            raise wrong_credentials("not ASCII") from None


def _token_in(given: Sequence[bytes]) -> bytes:
    """The bearer token, however its header is spelt; nothing if there is not exactly one."""
    if len(given) > 1 or given[0][: len(BEARER)].lower() != BEARER:
        return b""
    return given[0][len(BEARER) :].strip()
