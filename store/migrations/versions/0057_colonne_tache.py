"""The firm's own columns of the task board (TCH-01).

Revision: 0057
Previous: 0054
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0057"
down_revision: str | None = "0054"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "colonne_tache",
        sa.Column("cle", sa.String(length=60), nullable=False),
        sa.Column("libelle", sa.String(length=40), nullable=False),
        sa.Column("statut", sa.String(length=20), nullable=False),
        sa.Column("rang", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cle", name=op.f("pk_colonne_tache")),
    )


def downgrade() -> None:
    op.drop_table("colonne_tache")
