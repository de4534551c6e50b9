"""Consumers that take some events, one after the other."""

from typing import Any

from listingapi.consuming.frame import consume
from listingapi.consuming.incoming import Incoming
from listingapi.infra.database import Database
from tests.integration.consuming.recording import Recorder

CONSUMED = "SELECT listing_id, version, type, consumer FROM consumed_event ORDER BY 1, 2"


async def take(events: Database, recorder: Recorder, *taken: Incoming) -> list[Any]:
    return [await consume(events, recorder.consumer, one) for one in taken]
