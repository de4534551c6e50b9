"""What happens to a listing besides a new price: withdrawn, relisted, corrected, scheduled; rules; safe retries."""

from alembic import op

revision = "0002"
down_revision = "0001"

UP = (
    "ALTER TABLE listing ADD COLUMN withdrawn_date timestamptz",
    "ALTER TABLE listing ADD COLUMN relisted_date timestamptz",
    "ALTER TABLE listing ADD COLUMN earlier_time_on_market interval NOT NULL DEFAULT '0'",
    "ALTER TABLE listing_price ADD COLUMN account_id bigint",
    "ALTER TABLE listing_price ADD COLUMN flags jsonb",
    # a wider one takes its place
    "-- squawk-ignore ban-drop-constraint\nALTER TABLE listing_price DROP CONSTRAINT listing_price_source_known",
    """
    ALTER TABLE listing_price ADD CONSTRAINT listing_price_source_known
        CHECK (source IN ('api', 'import', 'seed', 'schedule')) NOT VALID
    """,
    """
    CREATE TABLE listing_price_correction (
        listing_id bigint NOT NULL,
        version bigint NOT NULL,
        corrects_version bigint NOT NULL,
        -- null: the entry is void
        price_eur numeric(14, 2),
        reason text NOT NULL,
        account_id bigint NOT NULL,
        recorded_date timestamptz NOT NULL,
        PRIMARY KEY (listing_id, version),
        CONSTRAINT listing_price_correction_entry_fkey
            FOREIGN KEY (listing_id, corrects_version) REFERENCES listing_price (listing_id, version),
        CONSTRAINT listing_price_correction_comes_later CHECK (version > corrects_version),
        CONSTRAINT listing_price_correction_not_negative CHECK (price_eur >= 0),
        CONSTRAINT listing_price_correction_has_reason CHECK (reason <> '')
    )
    """,
    """
    CREATE TABLE listing_market_change (
        listing_id bigint NOT NULL,
        version bigint NOT NULL,
        kind text NOT NULL,
        created_date timestamptz NOT NULL,
        recorded_date timestamptz NOT NULL,
        account_id bigint NOT NULL,
        PRIMARY KEY (listing_id, version),
        CONSTRAINT listing_market_change_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listing,
        CONSTRAINT listing_market_change_kind_known CHECK (kind IN ('withdrawn', 'relisted'))
    )
    """,
    """
    CREATE TABLE scheduled_price (
        listing_id bigint NOT NULL,
        version bigint NOT NULL,
        price_eur numeric(14, 2) NOT NULL,
        effective_date timestamptz NOT NULL,
        created_date timestamptz NOT NULL,
        account_id bigint NOT NULL,
        is_confirmed boolean NOT NULL,
        state text NOT NULL DEFAULT 'pending',
        settled_date timestamptz,
        settled_version bigint,
        reason text,
        PRIMARY KEY (listing_id, version),
        CONSTRAINT scheduled_price_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listing,
        CONSTRAINT scheduled_price_not_negative CHECK (price_eur >= 0),
        CONSTRAINT scheduled_price_state_known CHECK (
            state IN ('pending', 'applied', 'unchanged', 'cancelled', 'refused')
        ),
        CONSTRAINT scheduled_price_settled_once CHECK (
            (state = 'pending') = (settled_date IS NULL) AND (settled_date IS NULL) = (settled_version IS NULL)
        )
    )
    """,
    "CREATE INDEX scheduled_price_due ON scheduled_price (effective_date) WHERE state = 'pending'",
    """
    CREATE TABLE pricing_rule (
        account_id bigint NOT NULL,
        rule_id bigint GENERATED ALWAYS AS IDENTITY,
        kind text NOT NULL,
        action text NOT NULL,
        max_change_percent numeric(9, 2),
        min_price_per_m2_eur numeric(14, 2),
        max_price_per_m2_eur numeric(14, 2),
        min_interval_seconds bigint,
        country text,
        building_type text,
        created_date timestamptz NOT NULL,
        updated_date timestamptz NOT NULL,
        PRIMARY KEY (account_id, rule_id),
        CONSTRAINT pricing_rule_account_id_fkey FOREIGN KEY (account_id) REFERENCES account,
        CONSTRAINT pricing_rule_action_known CHECK (action IN ('flag', 'confirm', 'reject')),
        CONSTRAINT pricing_rule_is_whole CHECK (
            CASE kind
                WHEN 'largest-change' THEN max_change_percent > 0
                WHEN 'price-per-m2' THEN
                    COALESCE(min_price_per_m2_eur, max_price_per_m2_eur) IS NOT NULL
                    AND COALESCE(min_price_per_m2_eur <= max_price_per_m2_eur, true)
                WHEN 'smallest-interval' THEN min_interval_seconds > 0
                ELSE false
            END
        )
    )
    """,
    """
    CREATE TABLE idempotency_record (
        account_id bigint NOT NULL,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        -- an HTTP status
        -- squawk-ignore prefer-bigint-over-smallint
        status smallint NOT NULL,
        headers jsonb NOT NULL,
        body bytea NOT NULL,
        created_date timestamptz NOT NULL,
        PRIMARY KEY (account_id, key),
        CONSTRAINT idempotency_record_account_id_fkey FOREIGN KEY (account_id) REFERENCES account
    )
    """,
    "CREATE INDEX idempotency_record_oldest ON idempotency_record (created_date)",
    "CREATE TABLE signing_key (name text PRIMARY KEY, secret bytea NOT NULL)",
    """
    INSERT INTO signing_key
    SELECT 'cursors', decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')
    """,
    # The corrected story of every listing: the last word on each entry, without those that then change nothing.
    """
    CREATE VIEW listing_price_history AS
    SELECT listing_id, version, price_eur, created_date
    FROM (
        SELECT
            entry.listing_id,
            entry.version,
            COALESCE(correction.price_eur, entry.price_eur) AS price_eur,
            entry.created_date,
            lag(COALESCE(correction.price_eur, entry.price_eur)) OVER (
                PARTITION BY entry.listing_id ORDER BY entry.version
            ) AS price_before
        FROM listing_price AS entry
        LEFT JOIN (
            SELECT DISTINCT ON (listing_id, corrects_version) listing_id, corrects_version, version, price_eur
            FROM listing_price_correction
            ORDER BY listing_id, corrects_version, version DESC
        ) AS correction
            ON correction.listing_id = entry.listing_id AND correction.corrects_version = entry.version
        WHERE correction.version IS NULL OR correction.price_eur IS NOT NULL
    ) AS corrected
    WHERE price_eur IS DISTINCT FROM price_before
    """,
    "GRANT SELECT, INSERT ON listing_price_correction, listing_market_change TO listingapi_app",
    "GRANT SELECT, INSERT, UPDATE ON scheduled_price TO listingapi_app",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON pricing_rule TO listingapi_app",
    "GRANT SELECT, INSERT, DELETE ON idempotency_record TO listingapi_app",
    "GRANT SELECT ON signing_key, listing_price_history TO listingapi_app",
    "GRANT USAGE, SELECT ON SEQUENCE pricing_rule_rule_id_seq TO listingapi_app",
)
DOWN = (
    "DROP VIEW listing_price_history",
    "DROP TABLE signing_key",
    "DROP TABLE idempotency_record",
    "DROP TABLE pricing_rule",
    "DROP TABLE scheduled_price",
    "DROP TABLE listing_market_change",
    "DROP TABLE listing_price_correction",
    "ALTER TABLE listing_price DROP CONSTRAINT listing_price_source_known",
    """
    ALTER TABLE listing_price ADD CONSTRAINT listing_price_source_known
        CHECK (source IN ('api', 'import', 'seed')) NOT VALID
    """,
    "ALTER TABLE listing_price DROP COLUMN flags",
    "ALTER TABLE listing_price DROP COLUMN account_id",
    "ALTER TABLE listing DROP COLUMN earlier_time_on_market",
    "ALTER TABLE listing DROP COLUMN relisted_date",
    "ALTER TABLE listing DROP COLUMN withdrawn_date",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
