"""Drafts of modèles, written on screen.

Revision: 0024
Previous: 0031
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "modele_brouillon",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("cle", sa.String(length=80), nullable=False),
        sa.Column("fichiers", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_par", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["updated_par"],
            ["utilisateur.id"],
            name=op.f("fk_modele_brouillon_updated_par_utilisateur"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modele_brouillon")),
        sa.UniqueConstraint("cle", name=op.f("uq_modele_brouillon_cle")),
    )


def downgrade() -> None:
    op.drop_table("modele_brouillon")
