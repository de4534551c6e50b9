"""The words of each listing, without accents, for searches."""

from unicodedata import normalize

from alembic import op

revision = "0003"
down_revision = "0002"

# The letters of European languages that are a plain one with a mark, such as é and Ł.
MARKED = [chr(code) for code in range(0xC0, 0x180)]
PLAIN_LETTERS = {letter: normalize("NFD", letter)[0] for letter in MARKED} | {"Ł": "L", "ł": "l", "Ø": "O", "ø": "o"}
FOLDED = {letter: plain.lower() for letter, plain in PLAIN_LETTERS.items() if plain.isascii()}
ACCENTED, PLAIN = "".join(FOLDED), "".join(FOLDED.values())

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
    RETURN to_tsvector('simple', translate(left(array_to_string(texts, ' '), 100000), '{ACCENTED}', '{PLAIN}'))
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
