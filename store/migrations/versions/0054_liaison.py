"""Démarches opened from another one (PRV-12).

Revision: 0054
Previous: 0047
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0054"
down_revision: str | None = "0047"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "liaison",
        sa.Column("demarche_id", sa.Uuid(), nullable=False),
        sa.Column("origine_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["demarche_id"], ["demarche.id"], name=op.f("fk_liaison_demarche_id_demarche"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["origine_id"], ["demarche.id"], name=op.f("fk_liaison_origine_id_demarche"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("demarche_id", name=op.f("pk_liaison")),
    )
    op.create_index(op.f("ix_liaison_origine_id"), "liaison", ["origine_id"])


def downgrade() -> None:
    op.drop_table("liaison")
