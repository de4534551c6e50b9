"""Delivery of events: how far they were published, what each consumer has done with them, and what failed there."""

from alembic import op

revision = "0008"
down_revision = "0007"

UP = (
    # how far the events of listings whose id divided by 16 leaves this remainder were published
    "CREATE TABLE relay_partition (partition bigint PRIMARY KEY, position bigint NOT NULL)",
    """
    INSERT INTO relay_partition
    SELECT partition, forgotten_position FROM event_feed, generate_series(0, 15) AS partition
    """,
    # written in the consumer's own transaction: what is here has taken effect
    """
    CREATE TABLE consumed_event (
        listing_id bigint NOT NULL,
        version bigint NOT NULL,
        type text NOT NULL,
        consumer text NOT NULL,
        consumed_date timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (listing_id, version, type, consumer)
    )
    """,
    "CREATE INDEX consumed_event_oldest_first ON consumed_event (consumed_date)",
    """
    CREATE TABLE failed_event (
        listing_id bigint NOT NULL,
        version bigint NOT NULL,
        type text NOT NULL,
        consumer text NOT NULL,
        attempts bigint NOT NULL,
        reason text NOT NULL,
        failed_date timestamptz NOT NULL DEFAULT now(),
        -- when it is tried again; none: not before somebody says so
        due_date timestamptz,
        -- the CloudEvent
        event text NOT NULL,
        PRIMARY KEY (listing_id, version, type, consumer)
    )
    """,
    "CREATE INDEX failed_event_by_due_date ON failed_event (due_date)",
    "GRANT SELECT, UPDATE (position) ON relay_partition TO listingapi_app",
    "GRANT SELECT, INSERT, DELETE ON consumed_event TO listingapi_app",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON failed_event TO listingapi_app",
)
DOWN = ("DROP TABLE failed_event", "DROP TABLE consumed_event", "DROP TABLE relay_partition")


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
