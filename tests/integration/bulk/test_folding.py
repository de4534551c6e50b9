"""Texts are folded in Python to the same words as PostgreSQL's `listing_words` takes of them."""

from itertools import product
from random import Random

from listingapi.bulk.folding import LONGEST_FOLDED, folded
from listingapi.bulk.repository import Connection

# Which texts have other words than their folded forms; `a` keeps apart what would otherwise be no word at all.
OTHERWISE = """
    SELECT text FROM unnest($1::text[], $2::text[]) AS given (text, folded)
    WHERE listing_words(text) IS DISTINCT FROM to_tsvector('simple', folded)
"""
CHARACTERS = [*map(chr, (*range(1, 0x370), *range(0x1E00, 0x1F00), *range(0x2000, 0x2070), *range(0x20A0, 0x20C0)))]


async def test_every_character_is_folded_as_postgresql_does(superuser: Connection) -> None:
    texts = [f"a{character}b {character}" for character in CHARACTERS]
    texts += [f"{letter}{mark}x" for letter, mark in product("aeoLłøÅß", CHARACTERS[0x2FF:0x36F])]

    assert await superuser.fetch(OTHERWISE, texts, [folded(text) for text in texts]) == []


async def test_texts_of_any_of_these_characters_are(superuser: Connection) -> None:
    random = Random(1)  # noqa: S311 - the same texts each time
    texts = ["".join(random.choices(CHARACTERS, k=random.randint(1, 60))) for _ in range(5000)]

    assert await superuser.fetch(OTHERWISE, texts, [folded(text) for text in texts]) == []


def test_other_texts_are_left_to_postgresql() -> None:
    assert [folded(text) for text in ("서울", "a🏠", "ﬁ", "a" * (LONGEST_FOLDED + 1))] == [None] * 4
