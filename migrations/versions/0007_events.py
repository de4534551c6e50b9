"""Events: the outbox that each write adds to, and the feed that they are read from in one order."""

from alembic import op

revision = "0007"
down_revision = "0006"

UP = (
    """
    CREATE TABLE outbox (
        listing_id bigint NOT NULL,
        version bigint NOT NULL,
        type text NOT NULL,
        -- rises with the versions of a listing: it is drawn while the listing is locked
        outbox_id bigint GENERATED ALWAYS AS IDENTITY,
        -- the account that the listing belongs to
        account_id bigint NOT NULL,
        created_date timestamptz NOT NULL,
        -- traceparent of the request, as W3C Trace Context has it
        trace text,
        data text NOT NULL,
        PRIMARY KEY (listing_id, version, type)
    )
    """,
    "CREATE INDEX outbox_oldest_first ON outbox (outbox_id)",
    """
    CREATE TABLE event (
        position bigint NOT NULL,
        listing_id bigint NOT NULL,
        version bigint NOT NULL,
        type text NOT NULL,
        account_id bigint NOT NULL,
        created_date timestamptz NOT NULL,
        -- traceparent of the request, as W3C Trace Context has it
        trace text,
        data text NOT NULL,
        -- when it came into the feed: it is kept for a while from then, however long ago it happened
        sequenced_date timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (position, listing_id)
    )
    """,
    "CREATE INDEX event_of_listing ON event (listing_id, position)",
    "CREATE INDEX event_by_partition ON event ((listing_id % 16), position)",
    # one row: the last position that was given, and the last one that was forgotten
    """
    CREATE TABLE event_feed (
        name text PRIMARY KEY,
        position bigint NOT NULL,
        forgotten_position bigint NOT NULL,
        CONSTRAINT event_feed_in_order CHECK (0 <= forgotten_position AND forgotten_position <= position)
    )
    """,
    "INSERT INTO event_feed VALUES ('events', 0, 0)",
    "GRANT SELECT, INSERT, DELETE ON outbox, event TO listingapi_app",
    "GRANT SELECT, UPDATE (position, forgotten_position) ON event_feed TO listingapi_app",
    "GRANT USAGE, SELECT ON SEQUENCE outbox_outbox_id_seq TO listingapi_app",
)
DOWN = ("DROP TABLE event_feed", "DROP TABLE event", "DROP TABLE outbox")


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
