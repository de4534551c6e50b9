"""Where an export goes, and of which moment it is."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from listingapi.bulk.exporting import ExportPlan, export_listings
from listingapi.infra.start import StartError
from tests.bulk_files import Importer, day, line, restored


async def test_a_file_is_whole_or_not_there(importer: Importer, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="There is no account nobody"):
        await importer.export(account="nobody")
    with pytest.raises(StartError, match=r"can't be written to .*: No such file"):
        await importer.export("no/such/folder")
    output = tmp_path / "folder"
    output.mkdir()
    with pytest.raises(StartError, match=r"can't be written to .*: Is a directory"):
        await export_listings(importer.database.serving_url, ExportPlan(output=output))

    assert os.listdir(tmp_path) == ["folder"]  # noqa: PTH208 - Path's way is no better, and async code may not take it


async def test_a_pipe_is_written_to_and_stays(importer: Importer, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    await importer(restored(1))
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    exported = await importer.export("pipe", with_prices=True)
    read = os.read(reader, 2**16)
    os.close(reader)

    assert json.loads(read) == restored(1)
    assert exported.is_fifo()


@pytest.mark.parametrize("is_there", [True, False], ids=["a file", "a file that is not there yet"])
async def test_a_link_stays_and_the_file_that_it_leads_to_is_replaced(
    importer: Importer, tmp_path: Path, *, is_there: bool
) -> None:
    target = tmp_path / "folder" / "target"
    target.parent.mkdir()
    if is_there:
        target.write_text("old")
    (tmp_path / "link").symlink_to(target)
    await importer(restored(1))
    exported = await importer.export("link", with_prices=True)

    assert exported.readlink() == target
    assert json.loads(target.read_bytes()) == restored(1)
    assert [path.name for path in target.parent.iterdir()] == ["target"]


async def test_an_export_is_of_one_moment(lived_in: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listingapi.bulk.export_repository.ROWS_A_FETCH", 2)
    before = await lived_in.exported()
    running = asyncio.create_task(lived_in.export("running.ndjson", with_prices=True))
    await lived_in(line(external_id="é8", latest_price_eur=77, observed_date=day(12)))
    after = await lived_in.exported()
    lines = [json.loads(each) for each in (await running).read_bytes().splitlines()]

    assert lines in (before, after)
    assert before != after
