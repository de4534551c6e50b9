"""Look at the accounts that were there before for the checks on their kinds and rates."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for name in ("account_kind_known", "account_rates_not_negative"):
        op.execute(f"ALTER TABLE account VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    """Nothing to take back: the checks are those of the revision before."""
