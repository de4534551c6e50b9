"""Webhooks: who wants to be told of which events where, and what became of each delivery."""

from alembic import op

revision = "0010"
down_revision = "0009"

UP: tuple[str, ...] = ()
DOWN: tuple[str, ...] = ()


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
