"""Names of accounts."""

import pytest

from listingapi.bulk.exporting import ExportPlan
from listingapi.bulk.importing import ImportPlan
from listingapi.infra.start import StartError

BAD = {
    "empty": "",
    "blank": " \t\n",
    "a NUL": "agency\0",
    "a lone surrogate, as bytes that are not UTF-8 come": "agency\udcff",
    "too long": "x" * 256,
}


@pytest.mark.parametrize("name", BAD.values(), ids=BAD)
def test_a_name_that_no_account_can_have_is_refused(name: str) -> None:
    with pytest.raises(StartError, match="--account must be a name"):
        ImportPlan([], account=name)
    with pytest.raises(StartError, match="--account must be a name"):
        ExportPlan(account=name)


@pytest.mark.parametrize("name", ["a", "Agentur Müller & Söhne", "x" * 255])
def test_any_other_name_is_taken(name: str) -> None:
    assert ImportPlan([], account=name).account == ExportPlan(account=name).account == name
