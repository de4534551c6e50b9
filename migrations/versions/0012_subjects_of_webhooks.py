"""What each webhook is about, to find those that an event may be for; and how its receiver has answered."""

from alembic import op

revision = "0012"
down_revision = "0011"

# The narrowest thing that a webhook names: events of other listings, cities or countries are none of its business. A
# row of an index has 2704 bytes; two long cities that begin alike are told apart by their search.
SUBJECT = """
    CREATE OR REPLACE FUNCTION webhook_subject(listing_id bigint, search text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
    RETURN coalesce(
        'listing ' || listing_id,
        'city ' || left(lower(search::jsonb ->> 'city'), 100),
        'country ' || (search::jsonb ->> 'country'),
        'all'
    )
"""
ADD_COLUMNS = """
    ALTER TABLE webhook
        -- whether the last attempt was over soon
        ADD COLUMN IF NOT EXISTS is_prompt boolean NOT NULL DEFAULT false,
        -- when the first attempt failed since one went well
        ADD COLUMN IF NOT EXISTS failing_since timestamptz
"""


def upgrade() -> None:
    """Build the index beside the writes; what an interrupted build left behind is removed first."""
    op.execute(ADD_COLUMNS)
    op.execute(SUBJECT)
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS webhook_by_subject")
        op.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS webhook_by_subject ON webhook "
            "(webhook_subject(listing_id, search))"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS webhook_by_listing")


def downgrade() -> None:
    op.execute("CREATE INDEX IF NOT EXISTS webhook_by_listing ON webhook (listing_id)")
    op.execute("DROP INDEX IF EXISTS webhook_by_subject")
    op.execute("DROP FUNCTION webhook_subject")
    op.execute("ALTER TABLE webhook DROP COLUMN is_prompt, DROP COLUMN failing_since")
