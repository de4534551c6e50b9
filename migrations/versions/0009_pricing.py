"""The tables of the price service: reviews of flagged prices, and what statistics of markets are made of."""

from alembic import op

revision = "0009"
down_revision = "0008"

UP = (
    "CREATE SCHEMA IF NOT EXISTS pricing",
    "GRANT USAGE ON SCHEMA pricing TO listingapi_app",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA pricing CASCADE")
