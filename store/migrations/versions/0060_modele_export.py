"""Models of the PDF exports as an administrator rewrites them (PDF-04).

Revision: 0060
Previous: 0059
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0060"
down_revision: str | None = "0059"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "modele_export",
        sa.Column("genre", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("corps", sa.Text(), nullable=True),
        sa.Column("par", sa.Uuid(), nullable=True),
        sa.Column("echec", sa.String(length=500), nullable=True),
        sa.Column("echec_le", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["par"], ["utilisateur.id"], name=op.f("fk_modele_export_par_utilisateur"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("genre", "version", name=op.f("pk_modele_export")),
    )


def downgrade() -> None:
    op.drop_table("modele_export")
