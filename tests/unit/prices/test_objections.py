"""The web app knows each sentence by which a pricing rule objects to a price."""

import json
from pathlib import Path

from listingapi.prices.rules import ProposedPrice, Rule, objections
from tests.unit.prices.test_rules import FROM_1000, HALF, HOURLY, TO_9000, price

KNOWN = Path(__file__).parents[3] / "web" / "src" / "testing" / "objections.json"
BROKEN: list[tuple[ProposedPrice, Rule]] = [
    (price("1", old="0"), HALF),
    (price("49990"), HALF),
    (price("49999", old=None), FROM_1000),
    (price("450001", old=None), TO_9000),
    (price("99000", ago=3599), HOURLY),
]


def test_the_web_app_knows_every_objection() -> None:
    said = [objection.detail for proposed, rule in BROKEN for objection in objections(proposed, [rule])]

    assert said == json.loads(KNOWN.read_text())
