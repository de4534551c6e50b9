"""Fills a database with many listings by SQL alone, for what shows only where there are many."""

import asyncpg

LISTINGS = 200_000

# Of 50 000: a tenth withdrawn, a third with a cut; the numbers are spread by prime steps, so that nothing is in step.
ADD_LISTINGS = """
    INSERT INTO listing (
        account_id, version, name, description, building_type, latest_price_eur, previous_price_eur,
        original_price_eur, price_version, price_changed_date, surface_area_m2, rooms_count, bedrooms_count,
        street_address, postal_code, city, country, created_date, updated_date, withdrawn_date
    )
    SELECT
        1, 3, 'Home ' || n, 'Light and ' || (ARRAY['quiet', 'wide', 'new'])[n % 3 + 1] || ' in street ' || n % 9973,
        (ARRAY['STUDIO', 'APARTMENT', 'APARTMENT', 'HOUSE'])[n % 4 + 1],
        price, CASE n % 3 WHEN 0 THEN price * 1.1 WHEN 1 THEN price * 0.9 END,
        price * (1 + (n % 40) / 100.0), CASE n % 3 WHEN 2 THEN 1 ELSE 2 END,
        created + n % 3 * interval '1 day', CASE WHEN n % 1000 = 7 THEN 0 ELSE 20 + n % 181 END,
        1 + n % 7, n % 6, n % 200 || ' High Street', to_char(10000 + n % 797 * 100 + n % 13, 'FM00000'),
        CASE WHEN n % 20000 = 11 THEN 'Rareville' ELSE 'Town ' || floor(sqrt(n % 3600)) END,
        CASE WHEN n % 20000 = 11 THEN 'LU' ELSE (ARRAY['FR', 'FR', 'DE', 'BE'])[n % 4 + 1] END,
        created, created + n % 3 * interval '1 day', CASE WHEN n % 10 = 3 THEN created + interval '3 days' END
    FROM generate_series(1, $1::bigint) AS number (n)
    CROSS JOIN LATERAL (
        SELECT
            30000 + n * 7919 % 700000 AS price,
            timestamptz '2020-01-01 00:00:00Z' + n * 104729 % 100000000 * interval '1 second' AS created
    ) AS made_up
"""
ADD_TEXTS = """
    INSERT INTO listing_text
    SELECT listing_id, listing_words(name, description, street_address, postal_code, city) FROM listing
"""
ADD_PRICES = """
    INSERT INTO listing_price (listing_id, version, price_eur, created_date, recorded_date, source)
    SELECT listing_id, 1, original_price_eur, created_date, created_date, 'seed' FROM listing
"""
INDEXES = """
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
    FROM pg_index
    WHERE indrelid IN ('listing'::regclass, 'listing_text'::regclass) AND NOT indisprimary
"""


async def fill(connection: "asyncpg.Connection[asyncpg.Record]", listings: int = LISTINGS) -> None:
    """Add listings with the first entry of each history, build the indexes, and let the planner know."""
    await connection.execute("SET session_replication_role = replica")  # foreign keys are not checked
    indexes = await connection.fetch(INDEXES)
    for index in indexes:
        await connection.execute(f"DROP INDEX {index['name']}")
    await connection.execute(ADD_LISTINGS, listings)
    await connection.execute(ADD_TEXTS)
    await connection.execute(ADD_PRICES)
    for index in indexes:
        await connection.execute(index["definition"])
    await connection.execute("ANALYZE")
