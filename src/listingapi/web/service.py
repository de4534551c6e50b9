"""The pages of the web app as they are served: what each is said to be, and with which status."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from msgspec.structs import replace

from listingapi.access.callers import Caller
from listingapi.access.scopes import Scope
from listingapi.errors import ListingNotFound, RequestError
from listingapi.infra.database import Database
from listingapi.listings.filters import Search
from listingapi.listings.search_service import SearchService
from listingapi.listings.service import ListingService
from listingapi.pagination import Cursors
from listingapi.parameters import bigint_of
from listingapi.web import repository
from listingapi.web.frames import Frame, as_data
from listingapi.web.heads import Head, facts_of_listings, head_of_listing, written
from listingapi.web.histories import Histories
from listingapi.web.markets import Market
from listingapi.web.shell import Shell

# As many as the page shows at first; web/src/listings/queries.ts asks for the same.
LISTINGS_SAID = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """What matters of a request for a page."""

    caller: Caller
    origin: str
    language: str
    is_search: bool = False

    @property
    def may_read(self) -> bool:
        """Whether listings may be in the page."""
        return Scope.LISTINGS_READ in self.caller.scopes


@dataclass(frozen=True, slots=True)
class Served:
    """A page, ready to send."""

    html: str
    status: HTTPStatus = HTTPStatus.OK


class PageService:
    """Makes pages for whoever may see them. What can't be read leaves a page that says nothing of it."""

    def __init__(  # noqa: PLR0913 - what it shows
        self,
        shell: Shell,
        database: Database,
        listings: ListingService,
        searches: SearchService,
        cursors: Cursors,
        *,
        histories: Histories,
    ) -> None:
        self.shell = shell
        self._database = database
        self._listings = listings
        self._searches = searches
        self._cursors = cursors
        self._histories = histories

    def plain(self, asked: Asked, status: HTTPStatus = HTTPStatus.OK) -> Served:
        """A page that only the app knows more of."""
        return self._served(asked, self._head(asked, "plain"), self.shell.frames.plain(asked.language), status)

    def markets(self, asked: Asked) -> Served:
        """The page on which a market is chosen."""
        return self._served(
            asked, self._head(asked, "markets", path="/markets"), self.shell.frames.plain(asked.language, "market")
        )

    async def market(self, raw_path: bytes, asked: Asked) -> Served:
        """The page of a market, under the name that its city has in listings; of others only the app knows more."""
        market = Market.at(raw_path)
        if market is None or not asked.may_read:
            return self.plain(asked)
        try:
            city = await repository.city_of(self._database, market)
        except RequestError as error:
            return self.plain(asked, error.status)
        frames = self.shell.frames
        head = self._head(asked, "plain")
        if city is not None:
            words = {"city": city, "country": frames.country(asked.language, market.country)}
            path = replace(market, city=city).path
            head = self._head(asked, f"market-{market.building_type}", words, path)
        return self._served(asked, head, frames.plain(asked.language, "market"))

    async def newest(self, asked: Asked) -> Served:
        """The page of the newest listings; what is searched, only the app knows."""
        if not asked.may_read:
            return self.plain(asked)
        try:
            found = await self._searches.detailed(Search(), None, LISTINGS_SAID)
        except RequestError as error:
            return self.plain(asked, error.status)
        cursor = self._cursors.write(found.last, Search().identity) if found.last else None
        data = as_data("newest-listings", {"listings": found.items, "cursor": cursor})
        shown = ([], "") if asked.is_search else (found.items, data)
        frame = self.shell.frames.listings(asked.language, shown[0], LISTINGS_SAID, shown[1])
        head = self._head(asked, "listings", path="/", facts=facts_of_listings(found.items, asked.origin))
        return self._served(asked, head, frame)

    async def listing(self, given_id: str, asked: Asked) -> Served:
        """The page of a listing: 404 where there is none, 410 where it is withdrawn."""
        if not asked.may_read:
            return self.plain(asked)
        try:
            found = await self._listings.get(bigint_of(given_id, ListingNotFound))
            data = await self._histories.data_of(found, asked.caller)
        except RequestError as error:
            return self.plain(asked, error.status)
        frame = self.shell.frames.listing(asked.language, found.listing, data)
        return self._served(asked, head_of_listing(found.listing, asked.origin), frame)

    def _head(
        self,
        asked: Asked,
        page: str,
        words: Mapping[str, str] | None = None,
        path: str | None = None,
        facts: Any = None,
    ) -> Head:
        said = self.shell.frames.said(asked.language, page, words)
        return Head(said.title, said.description, path, facts)

    def _served(self, asked: Asked, head: Head, frame: Frame, status: HTTPStatus = HTTPStatus.OK) -> Served:
        return Served(self.shell.page(written(head, asked.origin), frame), status)
