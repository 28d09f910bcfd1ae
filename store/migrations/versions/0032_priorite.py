"""Priority of a démarche (DEM-09), and its own clock for the lists.

Revision: 0032
Previous: 0030
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "demarche", sa.Column("priorite", sa.String(length=10), server_default="normale", nullable=False)
    )
    op.add_column("demarche", sa.Column("horloge", sa.String(length=200), nullable=True))
    op.create_index(
        "ix_demarche_urgente",
        "demarche",
        ["id"],
        postgresql_where=sa.text("open AND priorite = 'urgente'"),
    )


def downgrade() -> None:
    op.drop_index("ix_demarche_urgente", table_name="demarche")
    op.drop_column("demarche", "horloge")
    op.drop_column("demarche", "priorite")
