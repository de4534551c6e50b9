"""Schemathesis on our own OpenAPI document: every check, on right and on wrong data, and along inferred links."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from listingapi.access.scopes import Scope
from tests.accounts import Accounts, Headers
from tests.conftest import TestDatabase
from tests.servers import serving

# Only a listing can make an ETag, so no schema describes one: it is given here. Those that nobody made are in
# test_conditional_requests. What a request that is right by the schema may be refused for is in HOOKS below.
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "404", "409", "410", "422"]

# The ends of a window go with each other: no schema says so.
[[operations]]
include-operation-id = "get-listing-prices"
parameters = { from = "2000-01-01T00:00:00Z", to = "2999-01-01T00:00:00Z" }

[[operations]]
include-operation-id = [
    "upsert-listing", "patch-listing", "delete-listing", "relist-listing", "post-listing-prices",
    "delete-scheduled-price", "post-price-corrections",
]
parameters = { If-Match = "*" }

# Whoever calls must not take themselves the key, or the rate.
[[operations]]
include-operation-id = ["patch-account", "delete-account-key"]
parameters = { account_id = 1 }

# A creation that is repeated under its key is answered as it was, also after what it made is gone.
[[operations]]
include-tag = ["pricing-rules", "webhooks"]
checks.ensure_resource_availability.enabled = false

# The answer has no end to wait for. It is in tests/integration/events/test_stream.py.
[[operations]]
include-operation-id = "get-event-stream"
enabled = false

# A key that was revoked is still there to be read.
[[operations]]
include-tag = "accounts"
checks.use_after_free.enabled = false
"""

# The statuses that are open above are held to their reasons here: what is refused for its schema still fails. And two
# requests that are not the same get two keys, or most would be refused for the key alone.
HOOKS = r"""
import re
from itertools import count

import schemathesis

REASONS = {
    410: "Listing [0-9]+, .* was withdrawn at ",
    422: "This Idempotency-Key came with another request before"  # only the server knows what came before
    "|The pricing rules reject this price"  # rules are data
    "|(effective|expires)_date must be in the future"  # no schema knows the time
    "|scopes\\.[0-9]+ must not be [a-z:]+: no key of an account of the kind"  # only the account knows its kind
    "|url must "  # which addresses are called is no matter of their form alone
    "|min_cut_(eur|percent) goes only with the type|search does not go with a listing_id"
    "|(search\.)?text must be at most 200 characters, with at least one letter or digit"  # no pattern knows all letters
    "|cursor (must be a cursor from|belongs to another search)"  # only the server makes one, for one search
    "|after must not be beyond the newest position"  # nor which events there are
    "|((search\.)?min_\w+|from|from_month|since) must not be (above|more than|after) ",  # ends of a range
}
NUMBERS = count()


def is_right(case):
    return case.meta and case.meta.generation.mode.is_positive


# To JSON Schema 9401.0 is an integer; in an address there is only one way to write it.
def plain(value):
    return int(value) if isinstance(value, float) and value.is_integer() else value


@schemathesis.hook
def before_call(ctx, case, kwargs):
    if is_right(case):
        case.query = {name: plain(value) for name, value in (case.query or {}).items()}
    key = (case.headers or {}).get("Idempotency-Key", "")
    if is_right(case) and 1 <= len(key) <= 200:
        quote = key[0] if key[0] == '"' else ""
        case.headers["Idempotency-Key"] = f"{quote}{next(NUMBERS)}-{key.removeprefix(quote)}"


@schemathesis.check
def refused_for_no_reason_of_the_schema(ctx, response, case):
    if is_right(case) and response.status_code in REASONS:
        message = response.json().get("message", "")
        assert re.match(REASONS[response.status_code], message, re.DOTALL), f"Refused, though right: {message}"
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Who sends the requests, how many each operation is sent, and what else right ones may be answered."""

    granted: frozenset[Scope]
    has_key: bool
    examples: int
    expected: str = ""


RUNS = [
    pytest.param(Run(frozenset(Scope), has_key=False, examples=15), id="without credentials, where all is granted"),
    pytest.param(Run(frozenset(), has_key=True, examples=15), id="with an operator's key"),
    pytest.param(
        Run(frozenset(), has_key=False, examples=5, expected=', "401"'),
        id="without credentials, where nothing is granted",
    ),
]


@pytest.mark.parametrize("given", RUNS)
def test_no_check_fails_on_any_operation(
    create_database: Callable[[], TestDatabase], tmp_path: Path, given: Run
) -> None:
    """On a server of its own: the pricing rules that it adds would hold up the prices of others."""
    database = create_database()
    headers = asyncio.run(_operators_key(database)) if given.has_key else {}
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION.replace('"422"]', f'"422"{given.expected}]'))
    (tmp_path / "hooks.py").write_text(HOOKS)
    schemathesis = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", "schemathesis.toml", "run"]
    options = ["--checks=all", f"--max-examples={given.examples}", "--max-time=40", "--generation-deterministic"]
    sent = [option for name, value in headers.items() for option in ("-H", f"{name}: {value}")]
    with serving(environment=database.settings(anonymous_scopes=given.granted).as_environment()) as server:
        run = subprocess.run(
            [*schemathesis, f"{server.url}/openapi.json", *options, *sent, "--no-color"],
            cwd=tmp_path,
            env=os.environ | {"SCHEMATHESIS_HOOKS": "hooks"},
            capture_output=True,
            text=True,
            check=False,
        )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "43 selected / 44 total" in run.stdout


async def _operators_key(database: TestDatabase) -> Headers:
    """A key that no made-up request revokes, and an account that none suspends: their ids are not among the first."""
    connection = await asyncpg.connect(database.superuser_url)
    await connection.execute("ALTER SEQUENCE account_account_id_seq RESTART 7000001")
    await connection.execute("ALTER SEQUENCE api_key_key_id_seq RESTART 7000001")
    await connection.close()
    async with Accounts.on(database) as accounts:
        return await accounts.key(await accounts.add("operator", "operator"))
