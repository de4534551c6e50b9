"""How a client would have its page: how long it would wait for an event (RFC 7240, `Prefer: wait`), and as what."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request
from litestar.params import HeaderParameter

from listingapi.accept import prefers

JSON = "application/json"
BATCH = "application/cloudevents-batch+json"

LONGEST_WAIT_SECONDS = 60

WAIT = re.compile(r'\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?', re.IGNORECASE)

Prefer = Annotated[
    str | None,
    HeaderParameter(
        name="Prefer",
        description="`wait=30`: where there is no event, wait for one, for 30 seconds; 60 at most (RFC 7240).",
    ),
]


@dataclass(frozen=True, slots=True)
class Wish:
    """The seconds that a client would wait, if it says so, and the media type that it takes."""

    wait: int | None
    media_type: str

    @property
    def applied(self) -> Mapping[str, str]:
        """The header that says how long it was waited for at most."""
        return {} if self.wait is None else {"Preference-Applied": f"wait={self.wait}"}


def wish_of(request: Request[Any, Any, Any], prefer: Prefer = None) -> Wish:
    """What a request wishes."""
    accept = ",".join(request.headers.getall("Accept", []))
    media_type = BATCH if prefers(accept, BATCH, over=JSON) else JSON
    return Wish(None if prefer is None else wait_of(request.headers.getall("Prefer")), media_type)


def wait_of(headers: Iterable[str]) -> int | None:
    """The seconds that the header asks to wait at most, or None; of several wishes the first counts.

    What is no wish that is known is passed over, as the RFC has it.
    """
    for wish in ",".join(headers).split(","):
        if found := WAIT.fullmatch(wish):
            return min(int(found[1]), LONGEST_WAIT_SECONDS)
    return None
