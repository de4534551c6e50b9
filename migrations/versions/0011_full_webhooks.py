"""Why a webhook was paused, where its account did not do that itself."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("ALTER TABLE webhook ADD COLUMN paused_reason text")


def downgrade() -> None:
    op.execute("ALTER TABLE webhook DROP COLUMN paused_reason")
