"""The words of listings: what parts them, how many a text may have, and what has none."""

import re
from typing import Any

import asyncpg
import httpx
import pytest

from listingapi.listings.filters import IN_A_WORD
from tests import factories

ADVERT = {
    "name": "Appartement T3/T4",
    "description": "Cuisine/séjour lumineux.Balcon sud; garage/parking. Accès de plain-pied, rez-de-chaussée/jardin. "
    "120qm/Keller, 63.5 m², -3 °C. L\u2019immeuble «récent» \u2013 l'ascenseur_neuf…☀️terrasse & <cave>\u00a0: "
    "contact@agence.fr ou https://www.agence.fr/annonces/flat_7?vue=mer#plan; prix:5€/mois",
}
WORDS = (
    "T3", "T4", "T3/T4", "cuisine", "séjour", "cuisine/sejour", "lumineux", "balcon", "garage", "parking", "plain",
    "pied", "rez-de-chaussée", "chaussee", "jardin", "120qm", "keller", "63.5", "63,5", "m²", "-3", "l'immeuble",
    "L\u2019immeuble", "immeuble", "recent", "ascenseur", "neuf", "terrasse", "cave", "contact@agence.fr", "agence",
    "www.agence.fr", "https://www.agence.fr/annonces", "annonces", "flat_7", "vue", "mer", "plan", "prix", "mois",
)  # fmt: skip


@pytest.mark.parametrize("text", WORDS)
async def test_a_word_is_found_beside_any_punctuation(client: httpx.AsyncClient, text: str) -> None:
    await client.post("/listings", json=factories.listing(**ADVERT))
    await client.post("/listings", json=factories.listing(name="Other", description="Other"))

    assert [listing["id"] for listing in (await client.get("/listings", params={"text": text})).json()] == [1]


@pytest.mark.parametrize("text", ["²", "½ ①", "…", "\u2019", "\u00a0", "°", "☀", "-/.@:_", "\u0301", "<>"])
async def test_a_text_without_any_word_is_refused(client: httpx.AsyncClient, text: str) -> None:
    response = await client.get("/listings", params={"text": text})

    assert response.status_code == 422
    assert "with at least one letter or digit" in response.json()["message"]


async def test_each_letter_and_digit_that_is_accepted_is_a_word(
    superuser: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    characters = re.findall(IN_A_WORD, "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)])))
    wordless = "SELECT letter FROM unnest($1::text[]) AS letter WHERE listing_query(letter) IS NULL"

    assert len(characters) > 100_000
    assert [row[0] for row in await superuser.fetch(wordless, characters)] == []


def words_of(first: int, last: int, length: int, separator: str = " ") -> str:
    """Different words of so many letters of an alphabet, 100 000 characters of them."""
    letters = [chr(code) for code in range(first, last)]
    count = 100_000 // (length + 1)
    base = len(letters)
    return separator.join("".join(letters[n // base**k % base] for k in range(length)) for n in range(count))


WORDS_OF_FIVE = words_of(0x958, 0x960, 5).split()
COMPOUNDS = " ".join("-".join(WORDS_OF_FIVE[n : n + 50]) for n in range(0, len(WORDS_OF_FIVE), 50))


@pytest.mark.parametrize(
    "description",
    [
        pytest.param(COMPOUNDS, id="compounds of letters that normalizing makes two of"),
        pytest.param(words_of(0x958, 0x960, 5, "-"), id="one compound"),
        pytest.param(words_of(0x20000, 0x2A000, 1), id="words of one letter of four bytes"),
        pytest.param(words_of(0x20000, 0x20400, 2), id="words of two letters of four bytes"),
        pytest.param(words_of(0x20000, 0x20100, 3), id="words of three letters of four bytes"),
        pytest.param(words_of(0x4E00, 0x4F00, 2), id="words of two letters of three bytes"),
        pytest.param(words_of(0xFB2C, 0xFB2E, 2), id="letters that normalizing makes three of"),
        pytest.param(words_of(0xAC00, 0xD7A0, 1), id="Korean"),
        pytest.param("".join(f"{chr(0x20000 + n)}\u0301" for n in range(40_000)), id="one word"),
        pytest.param("a/b." * 25_000, id="files and hosts"),
        pytest.param(words_of(ord("a"), ord("z"), 3, "\u00a0"), id="short words"),
    ],
)
async def test_no_text_has_too_many_words(client: httpx.AsyncClient, description: str) -> None:
    given: dict[str, Any] = factories.listing(description=description)

    assert (await client.post("/listings", json=given)).status_code == 201


@pytest.mark.parametrize("separator", [" ", "-", "/"])
async def test_the_longest_words_are_far_below_the_limit_of_postgresql(
    superuser: "asyncpg.Connection[asyncpg.Record]", separator: str
) -> None:
    letters = separator.join(map(chr, range(0x20000, 0x20000 + 40_000)))
    size = await superuser.fetchval("SELECT pg_column_size(listing_words($1))", f"{letters} {letters[::-1]}")

    assert size < 1_000_000
