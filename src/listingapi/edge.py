"""What a request comes through before it is known who calls: it knows HTTP, and nothing of listings."""

from litestar.types import ASGIApp

from listingapi.answers import REPLAYED
from listingapi.health import Probes
from listingapi.hot.visitors import Visitors
from listingapi.infra import cors
from listingapi.infra.admission import Admission, Admitted
from listingapi.infra.cors import Cors
from listingapi.infra.headers import AnswerHeaders
from listingapi.infra.hosts import TrustedHosts
from listingapi.infra.http import AnswerHead, AnswerOptions
from listingapi.infra.observed import Observed
from listingapi.infra.proxies import BehindProxies
from listingapi.infra.shedding import Shedding
from listingapi.settings import Settings

EXPOSED_HEADERS = (
    "ETag", REPLAYED, "Link", "Location", "Preference-Applied", "RateLimit", "RateLimit-Policy", "Retry-After",
    "WWW-Authenticate", "X-Request-Id",
)  # fmt: skip


def at_the_edge(app: ASGIApp, probed: ASGIApp, settings: Settings, admission: Admission) -> Observed:
    """The application behind that; the last is what a request comes to first. Probes go to `probed` directly."""
    app = AnswerHead(AnswerOptions(app))
    app = Admitted(app, admission)
    app = TrustedHosts(app, settings.trusted_hosts)
    app = Cors(app, settings.cors_origins, EXPOSED_HEADERS)
    if settings.trusted_proxies:
        app = BehindProxies(app, settings.trusted_proxies)
    app = Probes(app, AnswerHead(AnswerOptions(probed)))
    answering = AnswerHeaders(app, cors.headers_of_all(settings.cors_origins, EXPOSED_HEADERS))
    observed = Observed(answering, settings.log_share)
    observed.shedding = Shedding(admission, observed)
    return observed


def visitors_of(settings: Settings) -> Visitors:
    """The same for requests that do not come through it."""
    hosts = TrustedHosts(_nothing, settings.trusted_hosts)
    proxies = BehindProxies(_nothing, settings.trusted_proxies) if settings.trusted_proxies else None
    return Visitors(hosts, proxies, is_open=cors.ANY_ORIGIN in settings.cors_origins)


async def _nothing(*_: object) -> None:
    """Stands where an application would."""
