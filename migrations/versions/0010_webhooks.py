"""Webhooks: who wants to be told of which events where, and what became of each delivery."""

from alembic import op

revision = "0010"
down_revision = "0009"

UP = (
    """
    CREATE TABLE webhook (
        account_id bigint NOT NULL REFERENCES account,
        webhook_id bigint GENERATED ALWAYS AS IDENTITY,
        -- which a change has to be made on
        version bigint NOT NULL,
        url text NOT NULL,
        types text[] NOT NULL,
        listing_id bigint,
        -- JSON
        search text,
        min_cut_percent numeric(9, 2),
        min_cut_eur numeric(14, 2),
        state text NOT NULL,
        -- deliveries are signed with these, so that a digest would not do
        secret bytea NOT NULL,
        previous_secret bytea,
        previous_secret_expires_date timestamptz,
        created_date timestamptz NOT NULL,
        updated_date timestamptz NOT NULL,
        -- how often in a row the receiver could not be had, and until when it is left alone
        failures bigint NOT NULL DEFAULT 0,
        held_until timestamptz,
        PRIMARY KEY (account_id, webhook_id),
        CONSTRAINT webhook_state_known CHECK (state IN ('active', 'paused', 'gone'))
    )
    """,
    "CREATE INDEX webhook_by_listing ON webhook (listing_id)",
    # once for all webhooks that are told of it: as its own account sees it, or as all others do
    """
    CREATE TABLE webhook_event (
        listing_id bigint NOT NULL,
        version bigint NOT NULL,
        type text NOT NULL,
        is_own boolean NOT NULL,
        -- the CloudEvent
        event text NOT NULL,
        created_date timestamptz NOT NULL,
        PRIMARY KEY (listing_id, version, type, is_own)
    )
    """,
    "CREATE INDEX webhook_event_oldest_first ON webhook_event (created_date)",
    """
    CREATE TABLE webhook_delivery (
        account_id bigint NOT NULL,
        webhook_id bigint NOT NULL,
        delivery_id bigint GENERATED ALWAYS AS IDENTITY,
        listing_id bigint NOT NULL,
        version bigint NOT NULL,
        type text NOT NULL,
        is_own boolean NOT NULL,
        state text NOT NULL DEFAULT 'pending',
        -- how often it was tried since it was asked for, and the last attempts of all
        attempts bigint NOT NULL DEFAULT 0,
        attempt_log jsonb NOT NULL DEFAULT '[]',
        created_date timestamptz NOT NULL,
        -- when it is tried next; whoever tries it moves this on first, so that nobody else does
        due_date timestamptz,
        delivered_date timestamptz,
        PRIMARY KEY (account_id, webhook_id, delivery_id),
        CONSTRAINT webhook_delivery_state_known CHECK (state IN ('pending', 'delivered', 'failed'))
    )
    """,
    """
    CREATE INDEX webhook_delivery_by_due_date ON webhook_delivery (account_id, webhook_id, due_date)
    WHERE due_date IS NOT NULL
    """,
    "CREATE INDEX webhook_delivery_oldest_first ON webhook_delivery (created_date)",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON webhook, webhook_delivery TO listingapi_app",
    "GRANT SELECT, INSERT, DELETE ON webhook_event TO listingapi_app",
    "GRANT USAGE ON SEQUENCE webhook_webhook_id_seq TO listingapi_app",
)
DOWN = ("DROP TABLE webhook_delivery", "DROP TABLE webhook_event", "DROP TABLE webhook")


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
