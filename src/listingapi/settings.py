"""Settings: from `LISTINGAPI_*` variables and the command line; a bad one ends the start with a sentence."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from listingapi.access.scopes import Scope
from listingapi.infra.start import StartError
from listingapi.setting_values import (
    ANY,
    HTTPURL,
    LOOPBACK,
    Hosts,
    Networks,
    Origins,
    PostgreSQLURL,
    RabbitMQURL,
    Rate,
    RedisURL,
    Roles,
    SafeURL,
    Scopes,
    Share,
)

# Told to stop, a process is gone within 30 seconds; the rest of them is for requests that have begun.
MOST_DRAIN_SECONDS = 10
DRAIN_SECONDS_IN_PUBLIC = 5


class _Group(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LISTINGAPI_", frozen=True, extra="forbid")


class ServerSettings(_Group):
    """Where the service listens, and how it is run."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    workers: Annotated[int, Field(ge=1, le=256)] = 1
    data_dir: Path = Path("listingapi-data")
    require_if_match: bool = False
    only: Literal["listings", "prices"] | None = None
    drain_seconds: Annotated[int, Field(ge=0, le=MOST_DRAIN_SECONDS)] | None = None


class TelemetrySettings(_Group):
    """What those who run the service can see of it: its log, its metrics and its traces."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_share: Share = 0.01
    metrics_host: str | None = None
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    public_metrics: bool | None = None
    otlp_endpoint: HTTPURL | None = None
    trace_share: Share = 0.01


class StoreSettings(_Group):
    """What keeps the data."""

    database_url: PostgreSQLURL | None = None
    migration_database_url: PostgreSQLURL | None = None
    database_pool_size: Annotated[int, Field(ge=1, le=1000)] = 10
    redis_url: RedisURL | None = None
    cache_megabytes: Annotated[int, Field(ge=0, le=100_000)] = 48


class EventSettings(_Group):
    """Where events go: without RabbitMQ, `serve` hands them to the consumers within its own process."""

    rabbitmq_url: RabbitMQURL | None = None
    webhook_networks: Networks = frozenset()


class EdgeSettings(_Group):
    """Whom the service answers: hosts, origins of browsers' pages, and proxies that are believed."""

    trusted_hosts: Hosts = ANY
    trusted_proxies: Networks = frozenset()
    cors_origins: Origins = ANY


class TokenSettings(_Group):
    """The identity provider whose tokens are taken, and how their claims are read."""

    jwt_issuer: HTTPURL | None = None
    jwt_audience: str | None = None
    jwt_jwks_url: SafeURL | None = None
    jwt_leeway_seconds: Annotated[int, Field(ge=0, le=300)] = 30
    jwt_account_claim: str = "account_id"
    jwt_scopes_claim: str = "scope"
    jwt_roles: Roles = {}


class SignInSettings(_Group):
    """How people sign in to the web app at the identity provider whose tokens are taken."""

    oidc_client_id: Annotated[str, Field(min_length=1)] | None = None
    oidc_scopes: Annotated[str, Field(pattern=r"^openid( [!#-\[\]-~]+)*$")] = "openid"


class RateSettings(_Group):
    """How many requests a minute are taken; 0 is any number, and None the default of where the service listens."""

    address_reads_per_minute: Rate | None = None
    address_writes_per_minute: Rate | None = None
    account_reads_per_minute: Rate | None = None
    account_writes_per_minute: Rate | None = None
    failed_logins_per_minute: Rate | None = None


RATES_IN_PUBLIC = {
    "address_reads_per_minute": 3_000,
    "address_writes_per_minute": 300,
    "account_reads_per_minute": 30_000,
    "account_writes_per_minute": 6_000,
    "failed_logins_per_minute": 60,
}


class Settings(
    ServerSettings,
    TelemetrySettings,
    StoreSettings,
    EventSettings,
    EdgeSettings,
    TokenSettings,
    SignInSettings,
    RateSettings,
):
    """Everything that a deployment may set; each is also `LISTINGAPI_` and its name in capitals."""

    anonymous_scopes: Scopes | None = None

    @property
    def is_private(self) -> bool:
        """Whether only this machine can reach the service, and its database is the embedded one."""
        return self.database_url is None and self.host in LOOPBACK and not self.trusted_proxies

    @property
    def scopes_without_credentials(self) -> frozenset[Scope]:
        """What a caller without credentials may do.

        On a loopback address with the embedded database all but to hand out credentials: any page in a browser on that
        machine is such a caller.
        """
        if self.anonymous_scopes is not None:
            return self.anonymous_scopes
        return frozenset(Scope) - {Scope.ACCOUNTS_ADMIN} if self.is_private else frozenset()

    @property
    def rates(self) -> Mapping[str, int]:
        """Requests a minute by the name of their setting, 0 for any number: there are no limits in private."""
        given = {name: getattr(self, name) for name in RATES_IN_PUBLIC}
        default = dict.fromkeys(RATES_IN_PUBLIC, 0) if self.is_private else RATES_IN_PUBLIC
        return {name: default[name] if rate is None else rate for name, rate in given.items()}

    @property
    def answers_metrics(self) -> bool:
        """Whether `/metrics` is answered where all else is: by default in private, unless it has a place of its own."""
        if self.public_metrics is not None:
            return self.public_metrics
        return self.is_private and self.metrics_port is None

    @property
    def is_measured(self) -> bool:
        """Whether anybody can ask for metrics."""
        return self.answers_metrics or self.metrics_port is not None

    @property
    def seconds_to_drain(self) -> int:
        """How long requests are taken after the process was told to stop, until all know that it is not ready."""
        if self.drain_seconds is not None:
            return self.drain_seconds
        return 0 if self.is_private else DRAIN_SECONDS_IN_PUBLIC

    @property
    def serving_url(self) -> str:
        """Where requests are served from.

        Raises:
            StartError: no database is configured, and none was found for these settings.
        """
        if self.database_url is None:
            raise StartError("No database is configured: set LISTINGAPI_DATABASE_URL.")
        return self.database_url

    @property
    def migration_url(self) -> str:
        """Where the owner of the tables connects; the serving role's URL does if it may do both."""
        return self.migration_database_url or self.serving_url

    def with_database(self, serving_url: str, migration_url: str) -> "Settings":
        """These settings with a database that was found for them; what callers may do stays as it was."""
        found = {"database_url": serving_url, "migration_database_url": migration_url}
        return self.model_copy(update=self._fixed | found)

    def as_environment(self) -> dict[str, str]:
        """The variables from which another process makes the same settings."""
        values = (self.model_copy(update=self._fixed)).model_dump(mode="json", exclude_none=True)
        return {f"LISTINGAPI_{name.upper()}": _as_text(value) for name, value in values.items()}

    @property
    def _fixed(self) -> dict[str, Any]:
        return {
            "anonymous_scopes": self.scopes_without_credentials,
            "drain_seconds": self.seconds_to_drain,
            "public_metrics": self.answers_metrics,
            **self.rates,
        }


def load_settings(**given: Any) -> Settings:
    """Read the settings; what is `given` (and not None) goes before the environment.

    Raises:
        StartError: names every setting that is wrong.
    """
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise StartError(" ".join(_sentence(found) for found in error.errors())) from None
    _see_that_tokens_can_be_checked(settings)
    if settings.oidc_client_id and not settings.jwt_issuer:
        raise StartError("Nobody can sign in with LISTINGAPI_OIDC_CLIENT_ID alone: set LISTINGAPI_JWT_ISSUER, too.")
    return settings


def _see_that_tokens_can_be_checked(settings: TokenSettings) -> None:
    names = ("jwt_issuer", "jwt_audience", "jwt_jwks_url")
    missing = [f"LISTINGAPI_{name.upper()}" for name in names if not getattr(settings, name)]
    if missing and len(missing) < len(names):
        raise StartError(f"Tokens can't be checked: set {' and '.join(missing)}, too.")


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(sorted(value))
    return json.dumps(value) if isinstance(value, dict) else str(value)


def _sentence(found: Any) -> str:
    name = f"LISTINGAPI_{'_'.join(str(part) for part in found['loc'][:1]).upper()}"
    return f"The setting {name} is wrong: {found['msg'].removeprefix('Value error, ')}."
