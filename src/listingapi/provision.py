"""Finds the database of the settings: the configured one, or the embedded one of the data directory."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from listingapi.infra.embedded import any_server, own_server, running_server
from listingapi.infra.migrations import has_current_schema, migrate, require_current_schema
from listingapi.infra.start import StartError
from listingapi.settings import Settings

START_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 0.1


@contextmanager
def serving_database(settings: Settings) -> Iterator[Settings]:
    """Settings whose database is there for as long as it is served: an embedded one is started and migrated."""
    if settings.database_url is not None:
        require_current_schema(settings.serving_url)
        yield settings
        return
    with own_server(settings.data_dir) as server:
        found = settings.with_database(server.serving_url, server.migration_url)
        _migrate_if_needed(found)
        yield found


@contextmanager
def existing_database(settings: Settings) -> Iterator[Settings]:
    """Settings whose database is there for one command, also while another instance serves it."""
    with reachable_database(settings) as (found, is_own):
        if is_own:
            _migrate_if_needed(found)
        require_current_schema(found.serving_url)
        yield found


def running_database(settings: Settings) -> Settings:
    """Settings whose database is there without us: the configured one, or that of the `serve` on the data directory.

    Raises:
        StartError: none is configured or served, or its schema is older than this release needs.
    """
    found = settings
    if settings.database_url is None:
        server = running_server(settings.data_dir)
        found = settings.with_database(server.serving_url, server.migration_url)
        _wait_until_migrated(found)
    require_current_schema(found.serving_url)
    return found


@contextmanager
def reachable_database(settings: Settings) -> Iterator[tuple[Settings, bool]]:
    """Settings whose database can be reached, and whether it is embedded and was started for us."""
    if settings.database_url is not None:
        yield settings, False
        return
    with any_server(settings.data_dir) as (server, is_own):
        found = settings.with_database(server.serving_url, server.migration_url)
        if not is_own:
            _wait_until_migrated(found)
        yield found, is_own


def _migrate_if_needed(settings: Settings) -> None:
    if not has_current_schema(settings.serving_url):
        migrate(settings.migration_url, settings.serving_url)


def _wait_until_migrated(settings: Settings) -> None:
    """The instance that runs on the data directory may have been started just now."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(StartError):
            if has_current_schema(settings.serving_url):
                return
        time.sleep(LOOK_AGAIN_SECONDS)
