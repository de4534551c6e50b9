"""The names of accounts and of their keys, whoever gives them."""

import re
from typing import Annotated

from listingapi.wire import must

LONGEST_NAME = 255
NAME_IS = f"of 1 to {LONGEST_NAME} characters that is not blank, without NUL characters"

# PostgreSQL can't store NUL and lone surrogates; what is blank to one regex dialect is not to another.
ANY = r"[^\x00\ud800-\udfff]"
NOT_BLANK = r"[^\s\x00-\x20\x85\ufeff\ud800-\udfff]"
PATTERN = rf"^{ANY}*{NOT_BLANK}{ANY}*\Z"
PORTABLE_PATTERN = r"^[^\x00]*[^\s\x00-\x20\x85\ufeff][^\x00]*$"

Name = Annotated[
    str,
    must(
        f"a string {NAME_IS}",
        min_length=1,
        max_length=LONGEST_NAME,
        pattern=PATTERN,
        extra_json_schema={"x-pattern": PORTABLE_PATTERN},
    ),
]


def is_name(text: str) -> bool:
    """Whether an account or a key can have a name."""
    return len(text) <= LONGEST_NAME and re.match(PATTERN, text) is not None
