"""Badges given other words, colours or icons by an administrator (BDG-02, UX-13).

Revision: 0038
Previous: 0037
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0038"
down_revision: str | None = "0037"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "badge",
        sa.Column("objet", sa.String(length=20), nullable=False),
        sa.Column("cle", sa.String(length=60), nullable=False),
        sa.Column("libelle", sa.String(length=60), nullable=False),
        sa.Column("couleur", sa.String(length=20), nullable=False),
        sa.Column("icone", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("objet", "cle", name=op.f("pk_badge")),
    )


def downgrade() -> None:
    op.drop_table("badge")
