"""The words of each listing, without accents, for searches."""

from alembic import op

revision = "0003"
down_revision = "0002"

# Letters lose their marks (é, ż); those of Ł and Ø are no marks of their own. A `translate` of all marked letters takes
# five times as long: it goes through the whole list for every character.
WITHOUT_MARKS = r"regexp_replace(normalize({text}, NFD), '[\u0300-\u036f]', '', 'g')"
FOLDED = f"translate(normalize({WITHOUT_MARKS}, NFC), 'ŁłØø', 'LlOo')"
WORDS = FOLDED.format(text="left(array_to_string(texts, ' '), 100000)")

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
