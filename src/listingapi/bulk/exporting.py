"""Exports the listings of an account, in constant memory, as files that an import restores them from."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from listingapi.bulk import export_repository, repository
from listingapi.bulk.accounts import require_name
from listingapi.bulk.files import Format
from listingapi.bulk.output import Output, output_to
from listingapi.bulk.writing import WRITERS
from listingapi.infra.database import CONNECTION_LOST, SERVING_ROLE, connect
from listingapi.infra.start import StartError

SESSION = {"role": SERVING_ROLE, "application_name": "listingapi export", "jit": "off"}


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """What to export, and where to: standard output if there is no file."""

    account: str = "default"
    format: Format = "ndjson"
    with_prices: bool = False
    output: Path | None = None

    def __post_init__(self) -> None:
        """Take no account that can't be.

        Raises:
            StartError: nothing can have that name.
        """
        require_name(self.account)


async def export_listings(url: str, plan: ExportPlan) -> int:
    """Export the listings of an account, and say how many there are.

    Raises:
        StartError: there is no such account, the file can't be written, or the database can't be reached or went away.
    """
    async with _connection(url) as connection:
        account_id = await repository.find_account(connection, plan.account)
        if account_id is None:
            raise StartError(f"There is no account {plan.account}.")
        with output_to(plan.output) as file:
            return await _write(connection, account_id, plan, file)


async def _write(connection: repository.Connection, account_id: int, plan: ExportPlan, file: Output) -> int:
    writer, count = WRITERS[plan.format](with_prices=plan.with_prices), 0
    file.write(writer.header())
    found = export_repository.listings(connection, account_id, with_prices=plan.with_prices)
    async with aclosing(found):
        async for rows in found:
            file.write(writer.lines(rows))
            count += len(rows)
    return count


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[repository.Connection]:
    connection = await connect(url, server_settings=SESSION)
    try:
        yield connection
    except BrokenPipeError:
        raise
    except (asyncpg.PostgresError, *CONNECTION_LOST) as error:
        raise StartError(f"The export ended early: {str(error) or type(error).__name__}.") from None
    finally:
        await connection.close()
