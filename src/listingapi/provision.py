"""Finds the database of the settings: the configured one, or the embedded one of the data directory."""

from collections.abc import Iterator
from contextlib import contextmanager

from listingapi.infra.embedded import any_server, own_server
from listingapi.infra.migrations import current_revision, migrate, newest_revision, require_current_schema
from listingapi.settings import Settings


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
        else:
            require_current_schema(found.serving_url)
        yield found


@contextmanager
def reachable_database(settings: Settings) -> Iterator[tuple[Settings, bool]]:
    """Settings whose database can be reached, and whether it is embedded and was started for us."""
    if settings.database_url is not None:
        yield settings, False
        return
    with any_server(settings.data_dir) as (server, is_own):
        yield settings.with_database(server.serving_url, server.migration_url), is_own


def _migrate_if_needed(settings: Settings) -> None:
    if current_revision(settings.serving_url) != newest_revision():
        migrate(settings.migration_url, settings.serving_url)
