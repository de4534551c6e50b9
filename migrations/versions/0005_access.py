"""Who may do what, and who did: kinds and rates of accounts, API keys, actors, the audit trail."""

from alembic import op

revision = "0005"
down_revision = "0004"

UP = (
    "ALTER TABLE account ADD COLUMN kind text NOT NULL DEFAULT 'agency'",
    "ALTER TABLE account ADD COLUMN is_suspended boolean NOT NULL DEFAULT false",
    # of requests a minute; null: as the deployment sets it for all
    "ALTER TABLE account ADD COLUMN reads_per_minute bigint",
    "ALTER TABLE account ADD COLUMN writes_per_minute bigint",
    """
    ALTER TABLE account ADD CONSTRAINT account_kind_known
        CHECK (kind IN ('agency', 'portal', 'operator')) NOT VALID
    """,
    """
    ALTER TABLE account ADD CONSTRAINT account_rates_not_negative
        CHECK (reads_per_minute >= 0 AND writes_per_minute >= 0) NOT VALID
    """,
    """
    CREATE TABLE api_key (
        account_id bigint NOT NULL,
        key_id bigint GENERATED ALWAYS AS IDENTITY,
        name text NOT NULL,
        -- the beginning of the key; the key itself is nowhere
        hint text NOT NULL,
        digest bytea NOT NULL,
        scopes text[] NOT NULL,
        created_date timestamptz NOT NULL,
        created_by text NOT NULL,
        expires_date timestamptz,
        last_used_date timestamptz,
        revoked_date timestamptz,
        PRIMARY KEY (account_id, key_id),
        CONSTRAINT api_key_account_id_fkey FOREIGN KEY (account_id) REFERENCES account,
        CONSTRAINT api_key_name_not_empty CHECK (name <> ''),
        CONSTRAINT api_key_digest_sha256 CHECK (octet_length(digest) = 32)
    )
    """,
    "CREATE INDEX api_key_by_digest ON api_key (digest)",
    "ALTER TABLE listing_price ADD COLUMN actor text",
    "ALTER TABLE listing_price_correction ADD COLUMN actor text",
    "ALTER TABLE scheduled_price ADD COLUMN actor text",
    """
    CREATE TABLE audit_entry (
        -- the account that the actor acted for
        account_id bigint NOT NULL,
        audit_id bigint GENERATED ALWAYS AS IDENTITY,
        created_date timestamptz NOT NULL,
        actor text NOT NULL,
        operation text NOT NULL,
        listing_id bigint,
        version bigint,
        details jsonb,
        PRIMARY KEY (account_id, audit_id)
    )
    """,
    "CREATE INDEX audit_entry_newest_first ON audit_entry (audit_id)",
    "CREATE INDEX audit_entry_of_listing ON audit_entry (listing_id, audit_id) WHERE listing_id IS NOT NULL",
    "GRANT UPDATE (name, kind, is_suspended, reads_per_minute, writes_per_minute) ON account TO listingapi_app",
    "GRANT SELECT, INSERT, UPDATE (last_used_date, revoked_date) ON api_key TO listingapi_app",
    "GRANT SELECT, INSERT ON audit_entry TO listingapi_app",
    "GRANT USAGE, SELECT ON SEQUENCE account_account_id_seq TO listingapi_app",
    "GRANT USAGE, SELECT ON SEQUENCE api_key_key_id_seq, audit_entry_audit_id_seq TO listingapi_app",
)
DOWN = (
    "DROP TABLE audit_entry",
    "ALTER TABLE scheduled_price DROP COLUMN actor",
    "ALTER TABLE listing_price_correction DROP COLUMN actor",
    "ALTER TABLE listing_price DROP COLUMN actor",
    "DROP TABLE api_key",
    "REVOKE UPDATE (name) ON account FROM listingapi_app",
    "ALTER TABLE account DROP COLUMN writes_per_minute",
    "ALTER TABLE account DROP COLUMN reads_per_minute",
    "ALTER TABLE account DROP COLUMN is_suspended",
    "ALTER TABLE account DROP COLUMN kind",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
