"""Bodies that are ready to send."""

from typing import NamedTuple


class Ready(NamedTuple):
    """What is said of a listing, as it stands on the wire, and the version of the listing of which that is true."""

    version: int
    body: bytes
