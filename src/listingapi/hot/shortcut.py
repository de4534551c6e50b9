"""Answers what is read most from the bytes of a request, where nothing about it is unusual.

A task, a scope and the way through the middleware are most of what such a request costs; here, there are none of them,
also where the answer has to be read first. What is answered, counted, logged and traced is what it would be otherwise.
"""

import asyncio
from collections.abc import Callable, Collection
from functools import partial
from typing import NamedTuple

from listingapi.access.callers import Caller
from listingapi.access.rates import Allowance, EarlyReads
from listingapi.access.scopes import Scope
from listingapi.errors import RequestError
from listingapi.hot.answers import ETAG, Headers, lines_of, of_its_second
from listingapi.hot.asked import FIRST_LINE, knows
from listingapi.hot.elsewhere import Elsewhere
from listingapi.hot.layer import ROUTES, may_be_recent
from listingapi.hot.memory import Key, Kind
from listingapi.hot.patterns import NOT_MODIFIED, OK, Form, Patterns
from listingapi.hot.reads import HotReads
from listingapi.hot.visitors import Visitors
from listingapi.infra.admission import Admission
from listingapi.infra.late import Late
from listingapi.infra.observed import Early, Observed
from listingapi.infra.plain import plain_head
from listingapi.infra.proxies import Address
from listingapi.pagination import LARGEST_BIGINT
from listingapi.ready import Ready

# Who calls with a bearer token, or with none, if that is known.
Known = Callable[[bytes], Caller | None]


class _Request(NamedTuple):
    """A request that is answered here, if it may be sent; `known` are the ETags that the client has (None: any).

    `is_shared`: anybody would be answered the same; `is_recent`: what was kept will do. `account_id` is of who sent
    credentials.
    """

    key: Key
    known: frozenset[bytes] | None
    is_https: bool
    is_shared: bool
    is_recent: bool
    allowance: Allowance
    account_id: int | None
    early: Early


class Shortcut:
    """For who sends no credentials, or an API key that was good a moment ago; `served` is what may be asked for.

    What has to be read counts as under way, like all else.
    """

    def __init__(  # noqa: PLR0913 - what a request goes through otherwise
        self,
        reads: HotReads,
        visitors: Visitors,
        known: Known,
        rates: EarlyReads,
        observed: Observed,
        *,
        admission: Admission,
        elsewhere: Elsewhere,
        served: Collection[Kind],
    ) -> None:
        self._reads = reads
        self._visitors = visitors
        self._known = known
        self._rates = rates
        self._admission = admission
        self._observed = observed
        self._served = served
        self._patterns = Patterns(observed)
        self._elsewhere = elsewhere

    def __call__(self, data: bytes, peer: Address | None, first: Headers) -> bytes | Late | None:
        """The answer to a request; None if it is for somebody else. `first` are the headers that the server adds."""
        request = self._usual(data, peer)
        if request is None:
            return None
        if request.is_recent and (ready := self._reads.kept(request.key)):
            return self._answer(request, ready, first, [of_its_second(self._reads.seconds_behind)])
        return self._late(request)

    def _usual(self, data: bytes, peer: Address | None) -> _Request | None:
        line = FIRST_LINE.match(data)
        head = plain_head(data, line.end()) if line else None
        visitor = self._visitors.visitor(head.lines) if head else None
        if line is None or head is None or visitor is None or (line[2] and visitor.takes_csv):
            return None
        if visitor.wants_now and self._admission.is_full:
            return None
        key: Key = ("history" if line[2] else "listing", int(line[1]))
        caller = self._known(head.token) if self._is_served(key) else None
        if caller is None or Scope.LISTINGS_READ not in caller.scopes:
            return None
        origin, is_shared = self._visitors.origin(peer, visitor), may_be_recent(caller)
        return _Request(
            key, visitor.known, origin.is_https, is_shared, is_shared and not visitor.wants_now,
            self._rates.allowance(caller, origin.address), caller.account_id if head.token else None,
            self._observed.begin(head.request_id),
        )  # fmt: skip

    def _is_served(self, key: Key) -> bool:
        return key[0] in self._served and key[1] <= LARGEST_BIGINT

    def _late(self, request: _Request) -> Late | None:
        """An answer that has to be read first."""
        is_elsewhere = self._elsewhere.has(request.key)
        if is_elsewhere or self._admission.is_full or not self._rates.has_one(request.allowance):
            return None
        read = self._reads.ask_recent if request.is_recent else self._reads.ask_current
        try:
            found = read(request.key)
        except RequestError:
            return None
        self._admission.begin()
        return Late(found, partial(self._when_found, request, found))

    def _when_found(self, request: _Request, found: "asyncio.Future[Ready | None]", first: Headers) -> bytes | None:
        if found.cancelled() or found.exception():
            self._admission.leave()
            return None
        ready = found.result()
        if ready is None:
            self._admission.leave()
            self._elsewhere.note(request.key)
            return None
        self._admission.end()
        return self._answer(request, ready, first)

    def _answer(self, request: _Request, ready: Ready, first: Headers, more: Headers = ()) -> bytes | None:
        """The answer, if the request may be sent, which is counted now."""
        rates = self._rates.take(request.allowance)
        if rates is None:
            return None
        kind, status = request.key[0], NOT_MODIFIED if knows(request.known, ETAG % ready.version) else OK
        request_id = self._observed.end(request.early, ROUTES[kind], status, request.account_id)
        form = Form(kind, status, request.is_https, request.is_shared)
        return self._patterns.answer(form, ready, rates + lines_of(more), request_id, first)
