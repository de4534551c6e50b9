"""The composition root: routes, middleware and the life of every connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.types import ASGIApp

from listingapi import apidocs, health, openapi, telemetry
from listingapi.access.callers import anonymous, caller_of
from listingapi.access.credentials import Credentials
from listingapi.access.gate import Gate
from listingapi.access.logins import FailedLogins
from listingapi.access.rates import EarlyReads, Rates
from listingapi.access.tokens import tokens_of_issuer
from listingapi.accounts import routes as accounts
from listingapi.accounts.key_service import KeyService
from listingapi.accounts.service import AccountService
from listingapi.answers import TYPE_ENCODERS, AlreadyAnswered, replay
from listingapi.audit import routes as audit
from listingapi.audit.service import AuditService
from listingapi.bodies import StrictJSON
from listingapi.delivery_here import delivered_here, kept_up_here
from listingapi.direct import direct_writes
from listingapi.edge import at_the_edge, visitors_of
from listingapi.events import routes as events
from listingapi.events.sequencing import Sequencer, forget_old
from listingapi.events.service import EventService
from listingapi.events.watch import Watch
from listingapi.health import Readiness, parts_of
from listingapi.hot.elsewhere import Elsewhere
from listingapi.hot.layer import HotLayer, served_by
from listingapi.hot.pages import PageLayer
from listingapi.hot.reads import HotReads
from listingapi.hot.shortcut import Shortcut
from listingapi.idempotency.attempts import attempt_of
from listingapi.idempotency.repository import purge
from listingapi.infra import together
from listingapi.infra.admission import Admission
from listingapi.infra.database import Database
from listingapi.infra.ending import Ending
from listingapi.infra.limits import Limits, LocalLimits
from listingapi.infra.observed import RouteNoted
from listingapi.infra.periodic import every
from listingapi.infra.redis import redis_at
from listingapi.infra.redis_limits import RedisLimits
from listingapi.infra.signing import Signer
from listingapi.listings import access_routes as access
from listingapi.listings import routes as listings
from listingapi.listings.access_service import AccessService
from listingapi.listings.search_service import SearchService
from listingapi.listings.service import ListingService
from listingapi.listings.writer import Clock, ListingWriter
from listingapi.markets import routes as markets
from listingapi.markets.paths import SlashesInCities
from listingapi.markets.service import MarketService
from listingapi.pagination import Cursors
from listingapi.paging import paging_with
from listingapi.parameters import listing_id_of
from listingapi.prices import routes as prices
from listingapi.prices.batch_service import BatchService
from listingapi.prices.change_routes import batch_router
from listingapi.prices.change_service import PriceChangeService
from listingapi.prices.correction_service import CorrectionService
from listingapi.prices.service import PriceService
from listingapi.rendering import render_error
from listingapi.reviews import routes as reviews
from listingapi.reviews.service import ReviewService
from listingapi.rules import routes as rules
from listingapi.rules.service import RuleService
from listingapi.settings import Settings
from listingapi.strictness import refuse_odd_parameters
from listingapi.terms import terms_of
from listingapi.web import crawler_routes as crawlers
from listingapi.web import routes as web
from listingapi.web.built import shell_of, web_app
from listingapi.web.files import WebFiles
from listingapi.web.histories import Histories
from listingapi.web.service import PageService
from listingapi.webhooks import routes as webhooks
from listingapi.webhooks.addresses import AllowedAddresses
from listingapi.webhooks.delivery_service import DeliveryService
from listingapi.webhooks.service import WebhookService

# A search is planned for its values each time: the plan for any values is a bad one for rare ones (ADR 8).
SEARCH_SESSION = {"application_name": "listingapi search", "plan_cache_mode": "force_custom_plan", "jit": "off"}
SEARCH_POOL_SIZE = 4

# The indexes of tables of which most rows were deleted a moment ago: what is known of their size is always wrong.
# A process that hangs while it publishes keeps that from the others for a while only, longer than it can take.
EVENTS_SESSION = {
    "application_name": "listingapi events",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "idle_in_transaction_session_timeout": "60s",
}
EVENTS_POOL_SIZE = 4
RELAY_SESSION = {**EVENTS_SESSION, "application_name": "listingapi relay"}

# What each of the two services answers, beside the docs and whether it is well; deploy/nginx knows the same.
OF_LISTINGS = (listings.router, access.router, accounts.router, audit.router, events.router, webhooks.router)
OF_PRICES = (prices.router, batch_router, rules.router, reviews.router, markets.router)

MEGABYTE = 1024 * 1024
LARGEST_BODY_BYTES = MEGABYTE
# What a process keeps of pages for a second.
PAGES_BYTES = 32 * MEGABYTE


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(settings: Settings, *, clock: Clock = utc_now) -> ASGIApp:
    """The whole product as one ASGI application; it owns every connection that it opens."""
    database = Database(pool_size=settings.database_pool_size)
    credentials = Credentials(database, clock, tokens_of_issuer(settings, clock))
    redis, local = redis_at(settings.redis_url), LocalLimits()
    # in Redis, so that all processes count together
    limits = RedisLimits(redis, local) if redis else local
    hot = HotReads(settings.cache_megabytes * MEGABYTE, redis)
    framework = create_litestar(settings, database, hot, credentials, limits, clock=clock)
    litestar = RouteNoted(framework)
    app: ASGIApp = PageLayer(SlashesInCities(litestar), PAGES_BYTES)
    elsewhere = Elsewhere(monotonic)
    app = HotLayer(app, hot, elsewhere, settings.only)
    app = direct_writes(app, framework.state, settings, largest_body=LARGEST_BODY_BYTES)
    app = Rates(app, limits, settings.rates)
    logins = FailedLogins(limits, database, settings.rates["failed_logins_per_minute"])
    nobody = anonymous(settings.scopes_without_credentials)
    app = gate = Gate(app, credentials, logins, nobody)
    if built := web_app():
        app = WebFiles(app, built.files)
    admission = Admission()
    observed = at_the_edge(app, litestar, settings, admission)
    rates, served = EarlyReads(limits, settings.rates), served_by(settings.only)
    observed.shortcut = Shortcut(
        hot,
        visitors_of(settings),
        gate.known,
        rates,
        observed,
        admission=admission,
        elsewhere=elsewhere,
        served=served,
    )
    return observed


def describe() -> dict[str, Any]:
    """The OpenAPI document of the product."""
    database = Database(pool_size=1)
    credentials = Credentials(database, utc_now, tokens=None)
    settings = Settings(only=None)
    hot = HotReads(0)
    litestar = create_litestar(settings, database, hot, credentials, LocalLimits(), openapi_config=openapi.CONFIG)
    return openapi.document(litestar)


def create_litestar(  # noqa: PLR0913 - what it is made of
    settings: Settings,
    database: Database,
    hot: HotReads,
    credentials: Credentials,
    limits: Limits,
    *,
    clock: Clock = utc_now,
    openapi_config: OpenAPIConfig | None = None,
) -> Litestar:
    """The URL space: every route, what it is given and how its errors are rendered."""
    searched = Database(pool_size=SEARCH_POOL_SIZE, session=SEARCH_SESSION)
    sequenced = Database(pool_size=EVENTS_POOL_SIZE, session=EVENTS_SESSION)
    sequencer, watch = Sequencer(sequenced), Watch(sequenced)
    cursor_signer = Signer("cursors")
    written = Database(pool_size=together.POOL_SIZE, session=together.SESSION)
    writer = ListingWriter(database, clock, hot.changed, written)
    changes, corrections = PriceChangeService(database, writer), CorrectionService(database, writer)
    readiness = Readiness(parts_of(credentials, limits, hot))
    callable_addresses = AllowedAddresses(settings.webhook_networks)
    provided: dict[str, Any] = {
        "access": AccessService(database),
        "accounts": AccountService(database, clock),
        "audits": AuditService(searched),
        "batches": BatchService(database, clock, changes, hot.changed, must_match=settings.require_if_match),
        "changes": changes,
        "corrections": corrections,
        "deliveries": DeliveryService(database, clock),
        "events": EventService(sequenced, watch),
        "keys": KeyService(database, clock),
        "listings": ListingService(database, writer),
        "markets": MarketService(searched),
        "prices": PriceService(database, clock),
        "reviews": ReviewService(database, clock, corrections, searched),
        "rules": RuleService(database, clock),
        "searches": SearchService(searched, clock),
        "webhooks": WebhookService(database, clock, callable_addresses),
    }
    built = web_app()
    cursors = Cursors(cursor_signer)
    histories = Histories(provided["prices"], changes, provided["access"])
    shown = (database, provided["listings"], provided["searches"], cursors)
    pages = PageService(shell_of(built, settings), *shown, histories=histories) if built else None

    @asynccontextmanager
    async def connections(_: Litestar) -> AsyncIterator[None]:
        ending = Ending()
        await database.open(settings.serving_url)
        try:
            await searched.open(settings.serving_url)
            await written.open(settings.serving_url)
            await sequenced.open(settings.serving_url)
            await cursor_signer.load(database)
            async with (
                telemetry.seen_from_outside(settings, sequenced),
                hot.running(settings.serving_url),
                readiness.running(settings.serving_url),
                every(1, lambda: changes.apply_due(clock()), name="scheduled_prices"),
                credentials.saving_uses(),
                credentials.checking_tokens(),
                limits.running(),
                every(600, lambda: purge(database, clock()), name="idempotency_records"),
                every(0.2, sequencer.take_all, name="sequence_of_events"),
                every(0.2, watch.look, name="watch_for_events"),
                every(600, lambda: forget_old(sequenced), name="old_events"),
                delivered_here(settings, clock, callable_addresses, RELAY_SESSION),
                kept_up_here(settings, hot.redis),
            ):
                with ending.begun():
                    yield
        finally:
            await asyncio.gather(*(pool.close() for pool in (sequenced, written, searched, database)))
            ending.is_over()

    return Litestar(
        route_handlers=[
            *(OF_LISTINGS if settings.only != "prices" else ()),
            *(OF_PRICES if settings.only != "listings" else ()),
            *((web.router(pages), crawlers.router(database)) if pages else ()),
            *apidocs.routes(describe),
            health.routes(readiness),
            *((telemetry.routes(),) if settings.answers_metrics else ()),
        ],
        dependencies={
            **{name: Provide(_giving(service), sync_to_thread=False) for name, service in provided.items()},
            "attempt": Provide(attempt_of),
            "caller": Provide(caller_of, sync_to_thread=False),
            "paging": Provide(paging_with(cursors), sync_to_thread=False),
            "listing_id": Provide(listing_id_of, sync_to_thread=False),
            "must_match": Provide(_giving(settings.require_if_match), sync_to_thread=False),
            "terms": Provide(terms_of, sync_to_thread=False),
        },
        state=State({name: provided[name] for name in ("listings", "changes")}),
        before_request=refuse_odd_parameters,
        dto=StrictJSON,
        return_dto=None,
        type_encoders=TYPE_ENCODERS,
        exception_handlers={
            AlreadyAnswered: replay,
            Exception: render_error,
            **({NotFoundException: web.not_found_as_page(pages)} if pages else {}),
        },
        lifespan=[connections],
        request_max_body_size=LARGEST_BODY_BYTES,
        openapi_config=openapi_config,
        # libraries would log what they do, and addresses with secrets in them
        logging_config=None,
    )


def _giving(service: Any) -> Any:
    def give() -> Any:
        return service

    return give
