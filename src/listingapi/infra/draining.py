"""Whether the server was told to stop, and takes requests for a moment yet, until all have noticed."""

from collections.abc import Mapping, MutableMapping
from typing import Any

PLACE = "listingapi.draining"


def begin_draining(state: MutableMapping[str, Any]) -> None:
    """Have requests know, by the state that the server gives each of them."""
    state[PLACE] = True


def is_draining(state: Mapping[str, Any]) -> bool:
    """Whether it does, by the state of the server or of a request."""
    return PLACE in state
