"""What crawlers ask for: robots.txt, and the sitemaps of all listings on the market that anybody may see."""

import re
from typing import Any

from litestar import MediaType, Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from listingapi.access.callers import Caller
from listingapi.access.scopes import Scope
from listingapi.infra.database import Database
from listingapi.web import repository
from listingapi.web.routes import origin_of
from listingapi.web.sitemaps import ids_in, index_of, robots, sitemap_of

AnyRequest = Request[Any, Any, Any]

# More digits have no ids of bigint in them.
NAME = re.compile(r"([0-9]{1,14})\.xml")
FOR_ALL = {"Cache-Control": "public, max-age=3600"}
FOR_ONE = {"Cache-Control": "private, no-store"}


def router(database: Database) -> Router:
    """The addresses; they are no operations of the API."""

    @get("/robots.txt", sync_to_thread=False)
    def crawlers(request: AnyRequest, caller: NamedDependency[Caller]) -> Response[str]:
        return _answer(robots(origin_of(request), has_sitemap=_may_read(caller)), MediaType.TEXT, caller)

    @get("/sitemap.xml")
    async def sitemaps(request: AnyRequest, caller: NamedDependency[Caller]) -> Response[str]:
        _need_reading(caller)
        return _answer(index_of(await repository.last_id(database), origin_of(request)), MediaType.XML, caller)

    @get("/sitemaps/{name:str}")
    async def sitemap(request: AnyRequest, caller: NamedDependency[Caller], name: FromPath[str]) -> Response[str]:
        _need_reading(caller)
        listings = await repository.on_market(database, *ids_in(_number_in(name)))
        return _answer(sitemap_of(listings, origin_of(request)), MediaType.XML, caller)

    return Router("/", route_handlers=[crawlers, sitemaps, sitemap], include_in_schema=False)


def _may_read(caller: Caller) -> bool:
    return Scope.LISTINGS_READ in caller.scopes


def _need_reading(caller: Caller) -> None:
    if not _may_read(caller):
        raise NotFoundException


def _number_in(name: str) -> int:
    found = NAME.fullmatch(name)
    if not found:
        raise NotFoundException
    return int(found[1])


def _answer(text: str, media_type: MediaType, caller: Caller) -> Response[str]:
    return Response(text, media_type=media_type, headers=FOR_ALL if caller.is_anonymous else FOR_ONE)
