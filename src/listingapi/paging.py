"""Where the page that a request asks for starts, and the `Link` header (RFC 8288) that leads to the next one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request
from litestar.params import QueryParameter

from listingapi.pagination import Cursors, Page
from listingapi.parameters import given_parameters

CursorParameter = Annotated[
    str | None, QueryParameter(description="Where the page starts; taken from a `Link` header.")
]


@dataclass(frozen=True, slots=True)
class Paging:
    """The cursor of a request, and the query parameters that it gave, in their order."""

    cursors: Cursors
    cursor: str | None
    given: Sequence[tuple[str, str]]

    def start(self, kind: Any, search: Any) -> Any:
        """The place, of a `kind` that msgspec knows, behind which the page starts; None for the first page.

        Raises:
            InvalidRequest: the cursor is not one of ours, or one of another search.
        """
        return None if self.cursor is None else self.cursors.read(self.cursor, kind, search)

    def link_header(self, path: str, page: Page[Any], search: Any) -> dict[str, str]:
        """The header that names the next page, if there is one, with all parameters that were given for this one."""
        if page.last is None:
            return {}
        kept = [(name, value) for name, value in self.given if name != "cursor"]
        query = urlencode([*kept, ("cursor", self.cursors.write(page.last, search))])
        return {"Link": f'<{path}?{query}>; rel="next"'}


def paging_with(cursors: Cursors) -> Callable[..., Paging]:
    """What gives each request its paging; an operation that asks for it takes the parameter `cursor`."""

    def paging_of(request: Request[Any, Any, Any], cursor: CursorParameter = None) -> Paging:
        return Paging(cursors, cursor, given_parameters(request))

    return paging_of
