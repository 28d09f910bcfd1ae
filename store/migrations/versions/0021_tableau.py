"""The board: the column where each démarche stands.

Revision: 0021
Previous: 0013
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Empty for those already open: their versions name columns only since then, and each command writes it again.
    op.add_column("demarche", sa.Column("colonne", sa.String(length=60), nullable=True))
    op.create_index(
        "ix_demarche_tableau",
        "demarche",
        ["modele", "colonne", "due_at", "id"],
        postgresql_where=sa.text("open"),
    )


def downgrade() -> None:
    op.drop_index("ix_demarche_tableau", table_name="demarche")
    op.drop_column("demarche", "colonne")
