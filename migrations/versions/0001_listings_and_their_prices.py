"""Accounts, listings and the append-only history of their prices."""

from alembic import op

revision = "0001"
down_revision = None

UP = (
    """
    CREATE TABLE account (
        account_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL,
        created_date timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT account_name_key UNIQUE (name),
        CONSTRAINT account_name_not_empty CHECK (name <> '')
    )
    """,
    "INSERT INTO account (name) VALUES ('default')",
    """
    CREATE TABLE listing (
        listing_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id bigint NOT NULL REFERENCES account,
        version bigint NOT NULL,
        name text NOT NULL,
        description text NOT NULL,
        building_type text NOT NULL,
        latest_price_eur numeric(14, 2) NOT NULL,
        previous_price_eur numeric(14, 2),
        original_price_eur numeric(14, 2) NOT NULL,
        price_version bigint NOT NULL,
        price_changed_date timestamptz NOT NULL,
        surface_area_m2 double precision NOT NULL,
        -- the CHECK bounds it
        -- squawk-ignore prefer-bigint-over-int
        rooms_count integer NOT NULL,
        -- the CHECK bounds it
        -- squawk-ignore prefer-bigint-over-int
        bedrooms_count integer NOT NULL,
        contact_phone_number text,
        street_address text NOT NULL,
        postal_code text NOT NULL,
        city text NOT NULL,
        country text NOT NULL,
        created_date timestamptz NOT NULL,
        updated_date timestamptz NOT NULL,
        CONSTRAINT listing_version_positive CHECK (version >= 1 AND price_version BETWEEN 1 AND version),
        CONSTRAINT listing_dates_in_order CHECK (
            created_date <= price_changed_date AND price_changed_date <= updated_date
        ),
        CONSTRAINT listing_texts_not_empty CHECK (
            name <> '' AND description <> '' AND street_address <> '' AND postal_code <> '' AND city <> ''
        ),
        CONSTRAINT listing_building_type_known CHECK (building_type IN ('STUDIO', 'APARTMENT', 'HOUSE')),
        CONSTRAINT listing_prices_not_negative CHECK (
            latest_price_eur >= 0 AND previous_price_eur >= 0 AND original_price_eur >= 0
        ),
        CONSTRAINT listing_surface_area_in_range CHECK (surface_area_m2 BETWEEN 0 AND 1e12),
        CONSTRAINT listing_rooms_in_range CHECK (
            rooms_count BETWEEN 1 AND 999999999 AND bedrooms_count BETWEEN 0 AND 999999999
        ),
        CONSTRAINT listing_phone_number_e164 CHECK (contact_phone_number ~ '^\\+[1-9][0-9]{1,14}$'),
        CONSTRAINT listing_country_alpha2 CHECK (country ~ '^[A-Z]{2}$')
    )
    """,
    "CREATE INDEX listing_newest_first ON listing (created_date DESC, listing_id DESC)",
    """
    CREATE TABLE listing_external_id (
        account_id bigint NOT NULL,
        external_id text NOT NULL,
        listing_id bigint NOT NULL,
        PRIMARY KEY (account_id, external_id),
        CONSTRAINT listing_external_id_listing_id_key UNIQUE (listing_id),
        CONSTRAINT listing_external_id_account_id_fkey FOREIGN KEY (account_id) REFERENCES account,
        CONSTRAINT listing_external_id_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listing,
        CONSTRAINT listing_external_id_not_empty CHECK (external_id <> '')
    )
    """,
    """
    CREATE TABLE listing_price (
        listing_id bigint NOT NULL,
        version bigint NOT NULL,
        price_eur numeric(14, 2) NOT NULL,
        created_date timestamptz NOT NULL,
        recorded_date timestamptz NOT NULL,
        source text NOT NULL,
        PRIMARY KEY (listing_id, version) INCLUDE (price_eur, created_date),
        CONSTRAINT listing_price_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listing,
        CONSTRAINT listing_price_version_positive CHECK (version >= 1),
        CONSTRAINT listing_price_not_negative CHECK (price_eur >= 0),
        CONSTRAINT listing_price_source_known CHECK (source IN ('api', 'import', 'seed'))
    )
    """,
    "GRANT SELECT, INSERT ON account, listing_external_id, listing_price TO listingapi_app",
    "GRANT SELECT, INSERT, UPDATE ON listing TO listingapi_app",
    "GRANT USAGE, SELECT, UPDATE ON SEQUENCE listing_listing_id_seq TO listingapi_app",
)
DOWN = (
    "DROP TABLE listing_price",
    "DROP TABLE listing_external_id",
    "DROP TABLE listing",
    "DROP TABLE account",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
