"""How old what is read may be, by who asks and where; the documents state the same."""

from listingapi.hot.line import OLDEST_SECONDS
from tests.faults.freshness.story import EDGE, Asking

# docs/deployment.md, "What is kept at the edge": nothing older than a process would tell.
EDGE_SECONDS = OLDEST_SECONDS


def oldest_seconds(asking: Asking, place: str) -> float:
    """So long ago a version may have been acknowledged that a read which begins now does not show yet.

    Whoever has credentials, or asks for what is true now, reads whatever anybody was told of before.
    """
    if asking != "anonymous":
        return 0.0
    return EDGE_SECONDS if place == EDGE else OLDEST_SECONDS
