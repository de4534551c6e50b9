"""The use cases of reading the feed: a page of it, and all that comes."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.events import repository
from listingapi.events.cloud_events import StoredEvent
from listingapi.events.errors import EventsForgotten
from listingapi.events.feed import Asked
from listingapi.events.watch import Watch
from listingapi.infra.database import Database
from listingapi.infra.errors import DatabaseUnavailable
from listingapi.infra.patience import Patience

SECONDS_BETWEEN_SIGNS_OF_LIFE = 15.0
STREAMED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some events in order, the position to go on from, and whether that is the newest."""

    events: Sequence[StoredEvent]
    upto: int
    is_newest: bool


class EventService:
    """Reads the feed for those who have the scope."""

    def __init__(self, database: Database, watch: Watch) -> None:
        self._database = database
        self._watch = watch

    async def page(self, asked: Asked, after: int | None, limit: int) -> FeedPage:
        """The next events after a position, or from the oldest that is kept.

        Raises:
            EventsForgotten: some events after the position are not kept any more.
            InvalidRequest: the position is one that no event has yet.
        """
        found = await repository.read(self._database, after=after or 0, limit=limit, **asked.conditions)
        if after is not None and after < found.forgotten:
            raise EventsForgotten(after, found.forgotten)
        if after is not None and after > found.newest:
            raise InvalidRequest([FieldProblem("?after", f"must not be beyond the newest position, {found.newest}")])
        return FeedPage(found.events, found.upto, found.upto == found.newest)

    async def awaited_page(self, asked: Asked, after: int | None, limit: int, patience: Patience) -> FeedPage:
        """The same, but while there is patience it waits until there is an event."""
        page = await self.page(asked, after, limit)
        while not page.events and patience.seconds_left:
            page = await self._next(asked, page, limit, patience)
        return page

    async def pages(self, asked: Asked, page: FeedPage, patience: Patience) -> AsyncIterator[FeedPage]:
        """A page, those that follow it as they come, and an empty one every 15 seconds in which there is none.

        They end early if the database can't be asked for the next one: the reader comes again.
        """
        yield page
        sign_of_life = patience.at_most(SECONDS_BETWEEN_SIGNS_OF_LIFE)
        while patience.seconds_left:
            try:
                page = await self._next(asked, page, STREAMED_AT_ONCE, sign_of_life)
            except DatabaseUnavailable:
                return
            if page.events or not sign_of_life.seconds_left:
                yield page
                sign_of_life = patience.at_most(SECONDS_BETWEEN_SIGNS_OF_LIFE)

    async def _next(self, asked: Asked, page: FeedPage, limit: int, patience: Patience) -> FeedPage:
        """What follows a page: from memory if that has it all, else from the database."""
        if page.is_newest:
            found = await self._watch.after(page.upto, patience)
            if found is not None:
                return _page_of(asked, found, page.upto, limit)
        return await self.page(asked, page.upto, limit)


def _page_of(asked: Asked, found: Sequence[StoredEvent], after: int, limit: int) -> FeedPage:
    events = [event for event in found if asked.takes(event)]
    if len(events) > limit:
        return FeedPage(events[:limit], events[limit - 1].position, is_newest=False)
    return FeedPage(events, found[-1].position if found else after, is_newest=True)
