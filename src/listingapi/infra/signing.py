"""Signs what callers are to hand back as they got it; every process on a database has the same key."""

import hashlib
import hmac

from listingapi.infra.database import Database

SIGNATURE_BYTES = 16

KEY = "SELECT secret FROM signing_key WHERE name = $1"


class Signer:
    """Signs with one key of the database by HMAC-SHA256, cut to 16 bytes (RFC 2104 allows no fewer)."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._secret = b""

    async def load(self, database: Database) -> None:
        """Fetch the key; call once, before anything is signed."""
        row = await database.fetchrow(KEY, self._name)
        if row is None:
            raise LookupError(f"the database has no signing key “{self._name}”")
        self._secret = row["secret"]

    def sign(self, content: bytes) -> bytes:
        """The content behind its signature."""
        return self._signature(content) + content

    def verify(self, signed: bytes) -> bytes | None:
        """The content of what was signed with this key; None for anything else."""
        signature, content = signed[:SIGNATURE_BYTES], signed[SIGNATURE_BYTES:]
        return content if hmac.compare_digest(signature, self._signature(content)) else None

    def _signature(self, content: bytes) -> bytes:
        return hmac.digest(self._secret, content, hashlib.sha256)[:SIGNATURE_BYTES]
