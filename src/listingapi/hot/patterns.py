"""Answers as they go over the wire, made once a second but for what is each one's own."""

from http import HTTPStatus
from typing import NamedTuple

from listingapi.hot.answers import Headers, wire_pattern
from listingapi.hot.memory import Kind
from listingapi.infra.observed import Observed
from listingapi.ready import Ready

OK, NOT_MODIFIED = HTTPStatus.OK, HTTPStatus.NOT_MODIFIED


class Form(NamedTuple):
    """What tells answers apart that are not the same but for what is their own.

    `is_shared`: anybody would be answered the same.
    """

    kind: Kind
    status: HTTPStatus
    is_https: bool
    is_shared: bool


class Patterns:
    """Fills in answers; `observed` knows the headers of all."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed
        self._first: Headers = ()
        self._made: dict[Form, bytes] = {}

    def answer(self, form: Form, ready: Ready, lines: bytes, request_id: bytes, first: Headers) -> bytes:
        """An answer with some more lines in its head; `first` are the headers that the server adds."""
        if first is not self._first:  # the server makes them anew each second
            self._first, self._made = first, {}
        pattern = self._made.get(form) or self._make(form)
        version, body = ready
        if form.status is NOT_MODIFIED:
            return pattern % (version, lines, request_id)
        return pattern % (version, lines, request_id, len(body), body)

    def _make(self, form: Form) -> bytes:
        kind, status, is_https, is_shared = form
        of_all = self._observed.of_shared if is_shared else self._observed.of_own
        common = (*self._first, *of_all(is_https=is_https))
        pattern = self._made[form] = wire_pattern(kind, status, common, is_shared=is_shared)
        return pattern
