"""What searches of listings read: an index for each sort, and few for what they filter by."""

from alembic import op

revision = "0004"
down_revision = "0003"

PRICE_PER_M2 = """
    CASE WHEN surface_area_m2 >= 0.01 THEN round(latest_price_eur / surface_area_m2::numeric, 2) END
"""
DROP_PERCENT = """
    CASE WHEN original_price_eur > 0
        THEN round((original_price_eur - latest_price_eur) * 100 / original_price_eur, 2) ELSE 0 END
"""
# Texts may be long, rows of an index not: 2704 bytes.
CITY = "left(lower(city), 100)"
POSTAL_CODE = 'left(postal_code, 32) COLLATE "C"'
ON_MARKET = "listing ((withdrawn_date IS NULL)"
# A column behind those that an index is sorted by is there to be compared without a look at the table.
INDEXES = {
    "listing_by_created_date": f"{ON_MARKET}, created_date, listing_id)",
    "listing_by_updated_date": f"{ON_MARKET}, updated_date, listing_id)",
    "listing_by_price": f"{ON_MARKET}, latest_price_eur, listing_id)",
    "listing_by_price_per_m2": f"{ON_MARKET}, ({PRICE_PER_M2}), listing_id)",
    "listing_by_drop_percent": f"{ON_MARKET}, ({DROP_PERCENT}), listing_id, price_changed_date)",
    "listing_by_price_changed_date": f"{ON_MARKET}, price_changed_date, listing_id)",
    "listing_by_city_and_price": f"{ON_MARKET}, {CITY}, latest_price_eur, listing_id)",
    "listing_by_postal_code": f"{ON_MARKET}, {POSTAL_CODE}, rooms_count)",
    "listing_by_kind_and_size": f"{ON_MARKET}, building_type, country, rooms_count, bedrooms_count, surface_area_m2)",
    "listing_text_by_word": "listing_text USING gin (words)",
}

# The words of a text as a query that asks for each of them, or for a longer one that begins so. Quoted, no word is an
# operator. It gives the same for the same text (only the array in between makes `listing_words` less than immutable),
# so that the planner knows the words that it looks for.
QUERY = r"""
    CREATE OR REPLACE FUNCTION listing_query(searched text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (
        SELECT string_agg(
            '''' || replace(replace(word, '\', '\\'), '''', '''''') || ''':*', ' & '
        )::tsquery
        FROM unnest(tsvector_to_array(listing_words(searched))) AS word
    )
"""


def upgrade() -> None:
    """Build each index beside the writes; what an interrupted build left behind is removed first."""
    with op.get_context().autocommit_block():
        for name, columns in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {columns}")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS listing_newest_first")
    op.execute(QUERY)


def downgrade() -> None:
    op.execute("DROP FUNCTION listing_query")
    op.execute("CREATE INDEX IF NOT EXISTS listing_newest_first ON listing (created_date DESC, listing_id DESC)")
    for name in INDEXES:
        op.execute(f"DROP INDEX IF EXISTS {name}")
