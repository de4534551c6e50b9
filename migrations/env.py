"""Runs the migrations, never waiting long for a lock; `listingapi.infra.migrations` sees to it that one does."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

TIMEOUTS = ("SET lock_timeout = '5s'", "SET statement_timeout = '30min'")


def run_with(connection: Connection) -> None:
    for setting in TIMEOUTS:
        connection.execute(text(setting))
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def run_online() -> None:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=context.config.attributes["connect"])
    async with engine.connect() as connection:
        await connection.run_sync(run_with)
    await engine.dispose()


def run_offline() -> None:
    context.configure(dialect_name="postgresql", literal_binds=True, transaction_per_migration=True)
    for setting in TIMEOUTS:
        context.execute(setting)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    asyncio.run(run_online())
