"""How many wrong credentials an address may send, without locking out who sends right ones from there."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from time import time

from litestar.types import HTTPScope

from listingapi.access.addresses import address_of
from listingapi.access.callers import Caller
from listingapi.access.rates import headers_of, too_many
from listingapi.errors import RequestError, WrongCredentials
from listingapi.infra.database import Database
from listingapi.infra.limits import Limits
from listingapi.infra.signing import Signer

FAILED_LOGINS = "failed-logins"
MOST_GOOD = 10_000

ROUND_SECONDS = 60
TURN_SECONDS = 2


class Turns:
    """Gives every credential two seconds of each minute, the same in all processes, that nobody can tell beforehand."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._signer = Signer("cursors")
        self._is_loaded = False

    async def seconds_until(self, digest: bytes) -> int:
        """Whole seconds until the turn of a credential; 0 while it lasts."""
        since = await self._seconds_since(digest)
        return 0 if since < TURN_SECONDS else ROUND_SECONDS - since

    async def seconds_until_next(self, digest: bytes) -> int:
        """The same, when this turn has been used."""
        return ROUND_SECONDS - await self._seconds_since(digest)

    async def _seconds_since(self, digest: bytes) -> int:
        if not self._is_loaded:
            await self._signer.load(self._database)
            self._is_loaded = True
        drawn = int.from_bytes(self._signer.sign(b"turn " + digest)[:8])
        begin = drawn % (ROUND_SECONDS // TURN_SECONDS) * TURN_SECONDS
        return (int(self._clock()) - begin) % ROUND_SECONDS


class FailedLogins:
    """Refuses to check credentials from an address that has used up its failed logins.

    Those that were good before are checked nevertheless, and all others in their turn: right credentials get in within
    a minute, whatever others send from the same address.
    """

    def __init__(self, limits: Limits, database: Database, per_minute: int, clock: Callable[[], float] = time) -> None:
        self._limits = limits
        self._per_minute = per_minute
        self._turns = Turns(database, clock)
        self._good: dict[bytes, None] = {}

    async def guard(self, scope: HTTPScope, given: bytes, find: Callable[[], Awaitable[Caller]]) -> Caller:
        """Find the caller whom credentials belong to, as given.

        Raises:
            TooManyRequests: the address has used up its failed logins, and these were wrong, or not checked.
            RequestError: whatever `find` raises.
        """
        if not self._per_minute:
            return await find()
        bucket = f"address:{address_of(scope)}:{FAILED_LOGINS}"
        digest = sha256(given).digest()
        if digest not in self._good:
            await self._may_be_checked(bucket, digest)
        try:
            caller = await find()
        except WrongCredentials as error:
            self._good.pop(digest, None)
            raise await self._count(error, bucket, digest) from None
        self._remember(digest)
        return caller

    def knows(self, digest: bytes) -> bool:
        """Whether credentials of this digest are checked from everywhere, as those are that were good before."""
        if not self._per_minute:
            return True
        is_good = digest in self._good
        if is_good:
            self._remember(digest)
        return is_good

    async def _may_be_checked(self, bucket: str, digest: bytes) -> None:
        verdict = await self._limits.take(bucket, self._per_minute, requests=0)
        if not verdict.is_allowed and (seconds := await self._turns.seconds_until(digest)):
            raise too_many(FAILED_LOGINS, verdict, seconds)

    async def _count(self, error: WrongCredentials, bucket: str, digest: bytes) -> RequestError:
        """Count a failure; the one that is beyond the allowance is told so, and not that it was wrong."""
        verdict = await self._limits.take(bucket, self._per_minute)
        if not verdict.is_allowed:
            return too_many(FAILED_LOGINS, verdict, await self._turns.seconds_until_next(digest))
        error.headers |= headers_of(FAILED_LOGINS, verdict, verdict.seconds_until_full)
        return error

    def _remember(self, digest: bytes) -> None:
        self._good.pop(digest, None)
        self._good[digest] = None
        if len(self._good) > MOST_GOOD:
            del self._good[next(iter(self._good))]
