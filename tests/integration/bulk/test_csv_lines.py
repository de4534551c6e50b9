"""CSV records that can't be read cost no more than themselves."""

import json

import pytest

from listingapi.bulk.importing import Summary
from tests.bulk_files import Importer

CSV_HEADER = (
    "external_id,name,description,building_type,latest_price_eur,surface_area_m2,rooms_count,bedrooms_count,"
    "street_address,postal_code,city,country"
)
CSV_BAD = {
    "too few values": ("only", "The line has 1 values, the header 12."),
    "a number that is none": ("f,n,d,HOUSE,1e3,1,1,1,s,p,c,FR", "latest_price_eur must be a number"),
    "an empty text": ("f,,d,HOUSE,1,1,1,1,s,p,c,FR", "name must be a string of at least 1 character"),
    "a quote out of place": ('f,"n"x,d,HOUSE,1,1,1,1,s,p,c,FR', "The line is not CSV: "),
    "a header again": (CSV_HEADER, "The line is a header again, and no listing"),
    "a quote that nobody closes": ('f,"n,d,HOUSE,1,1,1,1,s,p,c,FR', "nothing closes a quote that it opens"),
    "a wrong country": ("f,n,d,HOUSE,1,1,1,1,s,p,c,ZZ", "postal_address.country must be an ISO 3166-1"),
}


@pytest.mark.parametrize(("bad", "reason"), CSV_BAD.values(), ids=CSV_BAD)
async def test_a_bad_record_is_refused_with_the_number_of_its_line(importer: Importer, bad: str, reason: str) -> None:
    good = 'f,"two\nlines",d,HOUSE,1.50,1,1,1,s,p,c,FR'
    path = importer.folder / "records.csv"
    path.write_text(f"{CSV_HEADER}\n{good}\n{bad}\n{good.replace('f', 'g', 1)}\n")

    assert await importer.files(path) == Summary(lines=3, new=2, entries=2, refused=1)
    ((number, said),) = importer.refused()
    assert number == 4
    assert reason in said
    assert json.loads(importer.rejects.read_text())["content"] == bad


UNCLOSED = 'x,"n,d,HOUSE,1,1,1,1,s,p,c,FR'
AFTER_AN_UNCLOSED_QUOTE = {
    "plain records up to the end": [],
    "a record that spans lines": ['last,"two\nlines",d,HOUSE,1.50,1,1,1,s,p,c,FR'],
    "a quote that closes it where none may": ['last,n,d,HOUSE,"1",1,1,1,s,p,c,FR'],
}


@pytest.mark.parametrize("last", AFTER_AN_UNCLOSED_QUOTE.values(), ids=AFTER_AN_UNCLOSED_QUOTE)
async def test_a_quote_that_nobody_closes_costs_its_own_line_only(importer: Importer, last: list[str]) -> None:
    good = [f"flat-{number},n,d,HOUSE,1,1,1,1,s,p,c,FR" for number in range(3000)]
    path = importer.folder / "records.csv"
    path.write_text("\n".join([CSV_HEADER, UNCLOSED, *good, UNCLOSED, "", *good[:10], *last]))

    new = 3000 + len(last)
    assert await importer.files(path) == Summary(lines=new + 12, new=new, unchanged=10, entries=new, refused=2)
    assert [number for number, _ in importer.refused()] == [2, 3003]
    assert {json.loads(each)["content"] for each in importer.rejects.read_text().splitlines()} == {UNCLOSED}


async def test_a_line_that_is_not_utf_8_within_an_unclosed_quote_costs_nothing_else(importer: Importer) -> None:
    path = importer.folder / "records.csv"
    good = [f"flat-{number},n,d,HOUSE,1,1,1,1,s,p,c,FR" for number in range(2)]
    path.write_bytes("\n".join([CSV_HEADER, UNCLOSED, good[0], "\xff", good[1]]).encode("latin-1"))

    assert await importer.files(path) == Summary(lines=4, new=2, entries=2, refused=2)
    assert [number for number, _ in importer.refused()] == [2, 4]
