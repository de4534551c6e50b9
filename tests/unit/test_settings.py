"""What settings come to, and that a wrong one is named with what it must be."""

import os
from typing import Any

import pytest

from listingapi.access.scopes import Scope
from listingapi.infra.start import StartError
from listingapi.settings import RATES_IN_PUBLIC, Settings, load_settings

WITHOUT_ADMIN = frozenset(Scope) - {Scope.ACCOUNTS_ADMIN}
ELSEWHERE: dict[str, dict[str, Any]] = {
    "on another address": {"host": "0.0.0.0"},  # noqa: S104 - nothing listens
    "with a configured database": {"database_url": "postgresql://db/listings"},
    "behind a proxy": {"trusted_proxies": "127.0.0.1"},
}


def test_on_this_machine_alone_nobody_needs_credentials_but_to_hand_them_out() -> None:
    settings = Settings()

    assert settings.scopes_without_credentials == WITHOUT_ADMIN
    assert set(settings.rates.values()) == {0}


@pytest.mark.parametrize("given", ELSEWHERE.values(), ids=ELSEWHERE)
def test_anywhere_else_nothing_is_open_and_rates_are_limited(given: dict[str, Any]) -> None:
    settings = Settings(**given)

    assert settings.scopes_without_credentials == frozenset()
    assert settings.rates == RATES_IN_PUBLIC


def test_another_process_makes_the_same_settings_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(
        jwt_roles={"editor": ["listings:write"]},
        anonymous_scopes="listings:read prices:write",
        trusted_proxies="10.0.0.0/8, 127.0.0.1",
        cors_origins="https://a.example https://b.example:8443",
        account_reads_per_minute=7,
    )
    for name in [name for name in os.environ if name.startswith("LISTINGAPI_")]:
        monkeypatch.delenv(name)
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)

    assert load_settings().as_environment() == settings.as_environment()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("trusted_hosts", value) for value in ("*", "api.example", "*.example.com a.b", "127.0.0.1", "[::1]", "::1")),
        *(
            ("cors_origins", value)
            for value in ("*", "", "https://a.example", "http://localhost:3000 https://[::1]:80")
        ),
        *(("trusted_proxies", value) for value in ("", "10.0.0.0/8 ::1")),
    ],
)
def test_a_right_setting_is_taken(name: str, value: str) -> None:
    assert getattr(load_settings(**{name: value}), name) is not None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        *(
            ("trusted_hosts", value, "without scheme and port")
            for value in ("https://api.example", "api.example:80", "a_b!", "*.*.example")
        ),
        ("trusted_hosts", "", "at least 1 item"),
        ("trusted_hosts", "* api.example", "stands alone"),
        *(
            ("cors_origins", value, "without a path")
            for value in ("example.com", "https://a.example/", "https://*.example.com", "https://A.example", "null")
        ),
        ("cors_origins", "* https://a.example", "stands alone"),
        ("trusted_proxies", "10.0.0.300", "does not appear to be"),
        ("anonymous_scopes", "listings:all", "listings:read"),
        ("jwt_roles", "{", "must be JSON"),
        ("jwt_issuer", "https://id.example", "LISTINGAPI_JWT_AUDIENCE and LISTINGAPI_JWT_JWKS_URL"),
        (
            "database_url",
            "mysql://db/listings",
            "LISTINGAPI_DATABASE_URL is wrong: it must be a postgresql:// address.",
        ),
        ("migration_database_url", "db", "_DATABASE_URL is wrong: it must be a postgresql:// address."),
        ("redis_url", "http://127.0.0.1", "_REDIS_URL is wrong: it must be a redis://, rediss:// or unix:// address."),
        ("rabbitmq_url", "http://x", "_RABBITMQ_URL is wrong: it must be an amqp:// or amqps:// address."),
        ("rabbitmq_url", "amqp://", "_RABBITMQ_URL is wrong: it must be an amqp:// or amqps:// address."),
        ("rabbitmq_url", "amqp://me:sec/ret@x", "_RABBITMQ_URL is wrong: its port must be one from 1 to 65535."),
        ("redis_url", "redis://x:0", "_REDIS_URL is wrong: its port must be one from 1 to 65535."),
        ("jwt_issuer", "id.example", "_JWT_ISSUER is wrong: it must be an https:// or http:// address."),
        ("address_reads_per_minute", "-1", "LISTINGAPI_ADDRESS_READS_PER_MINUTE"),
    ],
)
def test_a_wrong_setting_is_a_sentence(name: str, value: str, said: str) -> None:
    with pytest.raises(StartError) as refusal:
        load_settings(**{name: value})

    assert said in str(refusal.value)
