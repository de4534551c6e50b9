"""Folds texts as PostgreSQL's `listing_words` does before it takes their words, in a tenth of the time. Pure."""

import re
import unicodedata

# `listing_words` cuts longer texts.
LONGEST_FOLDED = 20_000

# Characters whose normal forms are the same in every version of Unicode that PostgreSQL and Python may have.
OTHER = re.compile(r"[^\u0001-\u036f\u1e00-\u1eff\u2000-\u206f\u20a0-\u20bf]")
MARKS = re.compile(r"[\u0300-\u036f]")
BARRED = str.maketrans("ŁłØø", "LlOo")
PARTING = re.compile(
    r"[\u0001-\u001f!-/:-@\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u2000-\u206f\u20a0-\u20cf]"
)


class _Folds(dict[int, str]):
    """What each character is folded to, by its code; found out when it first comes."""

    def __missing__(self, code: int) -> str:
        bare = MARKS.sub("", unicodedata.normalize("NFD", chr(code)))
        self[code] = PARTING.sub(" ", unicodedata.normalize("NFC", bare).translate(BARRED))
        return self[code]


FOLDS = _Folds()


def folded(text: str) -> str | None:
    """The text without accents, a space for whatever parts words; None where that is better left to PostgreSQL."""
    if len(text) > LONGEST_FOLDED or OTHER.search(text):
        return None
    return text.translate(FOLDS)
