"""The tables of the price service: reviews of flagged prices, and what statistics of markets are made of."""

from alembic import op

revision = "0009"
down_revision = "0008"

UP = (
    "CREATE SCHEMA IF NOT EXISTS pricing",
    "GRANT USAGE ON SCHEMA pricing TO listingapi_app",
    """
    CREATE TABLE pricing.price_review (
        listing_id bigint NOT NULL,
        -- of the entry in the price history
        version bigint NOT NULL,
        -- the account that the listing belongs to
        account_id bigint NOT NULL,
        price_eur numeric(14, 2) NOT NULL,
        previous_price_eur numeric(14, 2),
        created_date timestamptz NOT NULL,
        flags jsonb NOT NULL,
        state text NOT NULL DEFAULT 'open',
        settled_date timestamptz,
        settled_by_account_id bigint,
        actor text,
        reason text,
        -- the version of the correction
        corrected_by_version bigint,
        PRIMARY KEY (listing_id, version),
        CONSTRAINT price_review_settled_whole CHECK (
            CASE state
                WHEN 'open' THEN COALESCE(settled_by_account_id, corrected_by_version) IS NULL AND settled_date IS NULL
                WHEN 'approved' THEN
                    settled_date IS NOT NULL AND settled_by_account_id IS NOT NULL AND corrected_by_version IS NULL
                WHEN 'corrected' THEN
                    settled_date IS NOT NULL AND settled_by_account_id IS NOT NULL
                    AND corrected_by_version > version AND reason <> ''
                ELSE false
            END
        )
    )
    """,
    "CREATE INDEX price_review_by_state ON pricing.price_review (state, created_date, listing_id, version)",
    """
    CREATE INDEX price_review_of_account
        ON pricing.price_review (account_id, state, created_date, listing_id, version)
    """,
    """
    CREATE TABLE pricing.market_listing (
        listing_id bigint PRIMARY KEY,
        -- of the listing, as the rest was taken from it
        version bigint NOT NULL,
        country text NOT NULL,
        -- in small letters, as searches compare it
        city text NOT NULL,
        -- its beginning: rows of indexes have to be short
        city_start text NOT NULL,
        building_type text NOT NULL,
        -- the first day of the month, by UTC, in which the listing came on the market
        month date NOT NULL,
        price_eur numeric(14, 2) NOT NULL,
        -- null: without a surface
        price_per_m2_eur numeric(16, 2),
        -- null: not below the original price
        cut_percent numeric(5, 2)
    )
    """,
    """
    CREATE INDEX market_listing_by_market
        ON pricing.market_listing (country, city_start, building_type, month)
        INCLUDE (price_eur, price_per_m2_eur, cut_percent)
    """,
    "GRANT SELECT, INSERT, UPDATE ON pricing.price_review, pricing.market_listing TO listingapi_app",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA pricing CASCADE")
