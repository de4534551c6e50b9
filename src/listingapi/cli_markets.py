"""The commands `listingapi markets`."""

import asyncio
from pathlib import Path
from typing import Annotated

import cyclopts
from cyclopts import Parameter

from listingapi.settings import load_settings

DataDir = Annotated[
    Path | None, Parameter(help="Where the embedded database keeps its data. [default: listingapi-data]")
]

markets = cyclopts.App(name="markets", help="The statistics of markets: number, prices and cuts of listings by month.")


@markets.command
def recount(*, data_dir: DataDir = None) -> None:
    """Count all listings anew, also while they are served; every change after that is counted by itself.

    Run it once after an upgrade from a release without statistics, or after listings came into the database by another
    way than this one's. Interrupted, it is simply run again.
    """
    from listingapi.bulk.progress import grouped, progress
    from listingapi.markets.service import recount as run
    from listingapi.provision import existing_database

    with existing_database(load_settings(data_dir=data_dir)) as settings, progress("Counting") as report:
        counted = asyncio.run(run(settings.serving_url, report))
    print(f"Counted {grouped(counted)} listings.")
