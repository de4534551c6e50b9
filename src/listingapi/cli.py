"""The command `listingapi`."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Literal

import cyclopts
import msgspec
from cyclopts import Parameter

from listingapi import cli_accounts, cli_events, cli_markets
from listingapi.bulk.generator import SeedPlan
from listingapi.infra.start import StartError
from listingapi.settings import load_settings

app = cyclopts.App(
    name="listingapi",
    help="The system of record for property listings and their price history.",
    help_epilogue="--host, --port, --workers, --data-dir and --only are also settings: LISTINGAPI_HOST, and so on.",
    version_flags=["--version"],
)

DataDir = Annotated[
    Path | None, Parameter(help="Where the embedded database keeps its data. [default: listingapi-data]")
]

Format = Literal["ndjson", "csv"]


@app.command
def serve(  # noqa: PLR0913 - a parameter an option
    *,
    host: Annotated[str | None, Parameter(help="The address to listen on. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, Parameter(help="The port to listen on; 0 takes a free one. [default: 8080]")] = None,
    workers: Annotated[int | None, Parameter(help="How many processes answer requests. [default: 1]")] = None,
    data_dir: DataDir = None,
    only: Annotated[
        Literal["listings", "prices"] | None,
        Parameter(help="Answer one of the two services alone: prices, rules, reviews and markets, or all the rest."),
    ] = None,
    seed_if_empty: Annotated[bool, Parameter(negative="", help="Begin with a few hundred made-up listings.")] = False,
) -> None:
    """Serve the HTTP API and its docs, until Ctrl-C.

    With nothing configured it starts a private PostgreSQL in the data directory, and stops it at the end;
    with LISTINGAPI_DATABASE_URL set, that PostgreSQL is used and nothing is embedded.
    """
    from listingapi.server import serve as run

    settings = load_settings(host=host, port=port, workers=workers, data_dir=data_dir, only=only)
    run(settings, seed_if_empty=seed_if_empty)


@app.command
def relay(*, data_dir: DataDir = None) -> None:
    """Bring events to RabbitMQ, until Ctrl-C.

    LISTINGAPI_RABBITMQ_URL says where that is. Any number of relays may run at once, on any machines: each event is
    published at least once, and those of a listing one after the other. While RabbitMQ is away, events wait in the
    database. Without RabbitMQ no relay is needed: `serve` then hands events to the consumers itself.
    """
    from listingapi.relay import relay as run

    run(load_settings(data_dir=data_dir))


@app.command
def worker(*, data_dir: DataDir = None) -> None:
    """Act on the events that a relay brought to RabbitMQ, until Ctrl-C: reviews, statistics of markets, webhooks.

    LISTINGAPI_RABBITMQ_URL says where that is. Any number of workers may run at once: one at a time acts on the events
    for one purpose, and another one takes over when it is gone. Each event takes effect once. What can't be acted on is
    tried again, for eleven minutes; then `listingapi events dead list` shows it. Without RabbitMQ no worker is needed.
    """
    from listingapi.worker import work

    work(load_settings(data_dir=data_dir))


@app.command
def migrate(*, data_dir: DataDir = None) -> None:
    """Bring the database to the schema of this release.

    LISTINGAPI_MIGRATION_DATABASE_URL names the role that owns the tables, where it is not the one that serves.
    """
    from listingapi.infra.migrations import migrate as run
    from listingapi.provision import reachable_database

    with reachable_database(load_settings(data_dir=data_dir)) as (settings, _):
        run(settings.migration_url, settings.serving_url)
    print("The database has the schema of this release.")


@app.command
def seed(
    *,
    listings: Annotated[int, Parameter(help="How many listings to make up.")] = SeedPlan.listings,
    prices: Annotated[
        int, Parameter(help="How many prices they have in all: one each, the rest as histories of some.")
    ] = SeedPlan.prices,
    random_seed: Annotated[int, Parameter(help="Another number makes up others.")] = SeedPlan.random_seed,
    data_dir: DataDir = None,
) -> None:
    """Make up listings in France, Germany and Belgium with their price histories, to try things out and to measure.

    They are added to the listings that are there, also while they are served. Their dates are in the three years
    before today (UTC); on one day, the same numbers make up the same listings. Half a million listings with
    five million prices take some minutes; stopped by Ctrl-C, it leaves whole listings. They have no events: only what
    is changed on them afterwards is told.
    """
    from listingapi.bulk.seeding import seed as run
    from listingapi.bulk.seeding import start_of_today
    from listingapi.provision import existing_database

    plan = SeedPlan(start_of_today(), listings, prices, random_seed)
    with existing_database(load_settings(data_dir=data_dir)) as settings:
        print(asyncio.run(run(settings.serving_url, plan)))


@app.command
def warm(
    *,
    listings: Annotated[int, Parameter(help="How many listings to have ready, the most read ones.")] = 10_000,
    data_dir: DataDir = None,
) -> None:
    """Bring the listings that are read most, and their histories, to Redis, before visitors come.

    LISTINGAPI_REDIS_URL says where that is. Which are read most is known from the visits of the last hours; where
    nobody came yet, these are the newest. A worker keeps them there from then on.
    """
    from listingapi.bulk.progress import grouped, progress
    from listingapi.hot.warming import warm as run
    from listingapi.provision import existing_database

    given = load_settings(data_dir=data_dir)
    if given.redis_url is None:
        raise StartError("There is nothing to warm: set LISTINGAPI_REDIS_URL, where all processes share what is read.")
    with existing_database(given) as settings, progress("Warming") as report:
        warmed = asyncio.run(run(settings.serving_url, given.redis_url, listings, report))
    print(f"Warmed {grouped(warmed)} listings and their histories.")


@app.command(name="import")
def import_(  # noqa: PLR0913 - a parameter an option
    files: Annotated[
        list[Path], Parameter(help="NDJSON or CSV, also gzipped; - is standard input.", allow_leading_hyphen=True)
    ],
    /,
    *,
    account: Annotated[str, Parameter(help="The account that the listings belong to; created if missing.")] = "default",
    format: Annotated[Format | None, Parameter(help="What the files are, where name and content don't tell.")] = None,  # noqa: A002
    rejects: Annotated[Path | None, Parameter(help="Write refused lines here, with the reason for each.")] = None,
    dry_run: Annotated[bool, Parameter(negative="", help="Say what would happen, and write nothing.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Import listings with their prices, one a line.

    A line creates or updates the listing of its external_id; a new price is appended to the price history, with the
    line's observed_date. Importing the same again changes nothing, also where newer lines came in between, so an
    interrupted import is simply run again. Old lines that contradict the history, lines of the future, and lines that
    would change a withdrawn listing are refused.

    Exit status: 0 if all went in, 1 if lines were refused, 2 if the import could not go on.
    """
    from listingapi.bulk.importing import ImportPlan, import_files
    from listingapi.provision import existing_database

    plan = ImportPlan(files, account, format, rejects, is_rehearsal=dry_run)
    with existing_database(load_settings(data_dir=data_dir)) as settings:
        summary = asyncio.run(import_files(settings.serving_url, plan))
    print(summary)
    sys.exit(1 if summary.refused else 0)


@app.command
def export(
    *,
    format: Annotated[Format, Parameter(help="What to write.")] = "ndjson",  # noqa: A002
    prices: Annotated[bool, Parameter(negative="", help="Write the price history of each listing, too.")] = False,
    output: Annotated[Path | None, Parameter(help="Write to this file. [default: standard output]")] = None,
    account: Annotated[str, Parameter(help="The account whose listings to write.")] = "default",
    data_dir: DataDir = None,
) -> None:
    """Export the listings of an account, as one moment has them; an import restores them.

    Listings that were withdrawn are left out. Price histories are written as they were corrected.
    """
    from listingapi.bulk.exporting import ExportPlan, export_listings
    from listingapi.provision import existing_database

    plan = ExportPlan(account, format, with_prices=prices, output=output)
    with existing_database(load_settings(data_dir=data_dir)) as settings:
        count = asyncio.run(export_listings(settings.serving_url, plan))
    print(f"Exported {count} listings.", file=sys.stderr)


app.command(cli_accounts.accounts)
app.command(cli_accounts.keys)
app.command(cli_markets.markets)
app.command(cli_events.events)


@app.command
def openapi() -> None:
    """Print the OpenAPI document of the API."""
    from listingapi.app import describe

    print(msgspec.json.format(msgspec.json.encode(describe()), indent=2).decode())


@app.command
def asyncapi() -> None:
    """Print the AsyncAPI document of the events, as YAML."""
    from listingapi.asyncapi import as_yaml, describe

    print(as_yaml(describe()), end="")


def main() -> None:
    """Run the command; what goes wrong is one sentence, and the exit status 2."""
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.default_int_handler)
    try:
        app(exit_on_error=False, print_error=False)
    except (StartError, cyclopts.CycloptsError) as error:
        print(f"listingapi: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
