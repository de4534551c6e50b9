"""The words of each listing, without accents, for searches."""

from alembic import op

revision = "0003"
down_revision = "0002"

# Letters lose their marks (é, ż); those of Ł and Ø are no marks of their own. A `translate` of all marked letters takes
# five times as long: it goes through the whole list for every character.
WITHOUT_MARKS = r"regexp_replace(normalize({text}, NFD), '[\u0300-\u036f]', '', 'g')"
FOLDED = f"translate(normalize({WITHOUT_MARKS}, NFC), 'ŁłØø', 'LlOo')"

# Whatever parts words is a space before PostgreSQL parses them: it takes `a/b` for a file and `a.b` for a host,
# and, in a database of the C locale, all that is not ASCII (quotation marks, dashes, ²) for letters.
PARTING = (
    r"\u0001-\u001f!-/:-@\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u3004\u3008-\u3020\ufe00-\ufe0f\U0001f000-\U0001faff"
)
PARTED = f"regexp_replace({FOLDED}, '[{PARTING}]', ' ', 'g')"

# A tsvector holds 1 MB, and a character takes 8 bytes of it at most: a word of 4 bytes with one position. The first cut
# bounds the work; the second one the words, as normalizing lengthens texts.
WORDS = f"left({PARTED}, 100000)".format(text="left(array_to_string(texts, ' '), 100000)")

# The words are in a table of their own because every change of price would otherwise write each word's index anew.
UP = (
    "ALTER TABLE listing_price VALIDATE CONSTRAINT listing_price_source_known",
    """
    CREATE TABLE listing_text (
        listing_id bigint PRIMARY KEY,
        words tsvector NOT NULL,
        CONSTRAINT listing_text_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listing
    )
    """,
    f"""
    CREATE FUNCTION listing_words(VARIADIC texts text[]) RETURNS tsvector
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN to_tsvector('simple', {WORDS})
    """,
    """
    INSERT INTO listing_text (listing_id, words)
    SELECT listing_id, listing_words(name, description, street_address, postal_code, city) FROM listing
    """,
    "GRANT SELECT, INSERT, UPDATE ON listing_text TO listingapi_app",
)
DOWN = (
    "DROP TABLE listing_text",
    "DROP FUNCTION listing_words",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
