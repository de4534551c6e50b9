"""The addresses of the web app's pages; web/src/routes.tsx has the same."""

import gzip
from http import HTTPStatus
from typing import Any

from litestar import MediaType, Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.enums import HttpMethod
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from listingapi.accept import NOT_ACCEPTED, prefers, quality
from listingapi.access.callers import Caller, caller_of
from listingapi.preconditions import listed_etags
from listingapi.rendering import render_error
from listingapi.web.service import Asked, PageService, Served
from listingapi.web.shell import HEADERS, etag_of

Pages = NamedDependency[PageService]
AnyRequest = Request[Any, Any, Any]

# Half the time of the highest one, for a twentieth more.
GZIP_LEVEL = 5

# Pages that the server knows nothing of but that they are there.
PLAIN = [
    "/sign-in",
    "/sign-in/callback",
    "/new",
    "/{given_id:str}/edit",
    "/{given_id:str}/price",
    "/{given_id:str}/corrections",
    "/agents",
    "/agents/reviews",
    "/agents/accounts",
    "/agents/accounts/{given_id:str}",
    "/agents/webhooks",
    "/agents/webhooks/{given_id:str}",
]


@get("/")
async def newest_page(request: AnyRequest, pages: Pages, caller: NamedDependency[Caller]) -> Response[Any]:
    return answered(request, pages, await pages.newest(_asked(request, pages, caller)))


@get("/{given_id:str}/prices")
async def listing_page(
    request: AnyRequest, pages: Pages, caller: NamedDependency[Caller], given_id: FromPath[str]
) -> Response[Any]:
    return answered(request, pages, await pages.listing(given_id, _asked(request, pages, caller)))


@get("/markets", sync_to_thread=False)
def markets_page(request: AnyRequest, pages: Pages, caller: NamedDependency[Caller]) -> Response[Any]:
    return answered(request, pages, pages.markets(_asked(request, pages, caller)))


@get("/markets/{country:str}/{city:str}/{building_type:str}")
async def market_page(request: AnyRequest, pages: Pages, caller: NamedDependency[Caller]) -> Response[Any]:
    asked = _asked(request, pages, caller)
    return answered(request, pages, await pages.market(request.scope["raw_path"], asked))


@get(PLAIN, sync_to_thread=False)
def plain_page(request: AnyRequest, pages: Pages, caller: NamedDependency[Caller]) -> Response[Any]:
    return answered(request, pages, pages.plain(_asked(request, pages, caller)))


def router(pages: PageService) -> Router:
    """The pages. They are no operations of the API, whose clients are told by their `Accept` that nothing is here."""
    return Router(
        "/",
        route_handlers=[newest_page, listing_page, markets_page, market_page, plain_page],
        dependencies={"pages": Provide(lambda: pages, sync_to_thread=False)},
        before_request=refuse_programs,
        include_in_schema=False,
    )


def refuse_programs(request: AnyRequest) -> None:
    """See to it that a page is wanted.

    Raises:
        NotFoundException: the client would rather have JSON, or part of the address is empty, which routing overlooks.
    """
    if b"//" in request.scope["raw_path"] or prefers(_accepted(request), MediaType.JSON, over=MediaType.HTML):
        raise NotFoundException


def not_found_as_page(pages: PageService) -> Any:
    """How an address is answered at which there is nothing: with a page for people, and as ever for programs."""

    def render(request: AnyRequest, error: NotFoundException) -> Response[Any]:
        is_for_people = prefers(_accepted(request), MediaType.HTML, over=MediaType.JSON)
        if is_for_people and request.method == HttpMethod.GET and request.scope.get("route_handler") is None:
            return answered(
                request, pages, pages.plain(_asked(request, pages, caller_of(request)), HTTPStatus.NOT_FOUND)
            )
        return render_error(request, error)

    return render


def answered(request: AnyRequest, pages: PageService, served: Served) -> Response[Any]:
    """A page with its policy; or that the client has it already."""
    gzips = quality(request.headers.get("accept-encoding", ""), "gzip") > NOT_ACCEPTED
    etag = etag_of(served.html, "gzip" if gzips else "")
    headers = {**HEADERS, "Content-Security-Policy": pages.shell.policy, "ETag": etag}
    known = listed_etags(request, "If-None-Match") if "if-none-match" in request.headers else frozenset()
    if served.status == HTTPStatus.OK and (known is None or not known.isdisjoint({etag, f"W/{etag}"})):
        return Response(None, status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if not gzips:
        return Response(served.html, status_code=served.status, headers=headers, media_type=MediaType.HTML)
    content = gzip.compress(served.html.encode(), GZIP_LEVEL, mtime=0)
    headers["Content-Encoding"] = "gzip"
    return Response(content, status_code=served.status, headers=headers, media_type=MediaType.HTML)


def origin_of(request: AnyRequest) -> str:
    """The scheme and the host that the client asked."""
    return str(request.base_url).removesuffix("/")


def _asked(request: AnyRequest, pages: PageService, caller: Caller) -> Asked:
    language = pages.shell.frames.language_of(request.headers.get("accept-language", ""))
    return Asked(caller, origin_of(request), language, is_search=bool(request.scope["query_string"]))


def _accepted(request: AnyRequest) -> str:
    return ",".join(request.headers.getall("accept", []))
