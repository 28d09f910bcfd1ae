"""PDF exports that a person asked for.

Revision: 0022
Previous: 0027
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import store.base

revision: str = "0022"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "export_pdf",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", store.base.Instant(), server_default=sa.text("now()"), nullable=False),
        sa.Column("demarche_id", sa.Uuid(), nullable=False),
        sa.Column("auteur_id", sa.Uuid(), nullable=False),
        sa.Column("interne", sa.Boolean(), nullable=False),
        sa.Column("genre", sa.String(length=20), nullable=False),
        sa.Column("nom", sa.LargeBinary(), nullable=False),
        sa.Column("etat", sa.String(length=20), nullable=False),
        sa.Column("contenu", sa.LargeBinary(), nullable=False),
        sa.Column("taille", sa.Integer(), nullable=True),
        sa.Column("tentatives", sa.Integer(), nullable=False),
        sa.Column("pris_le", store.base.Instant(), nullable=True),
        sa.Column("done_at", store.base.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["demarche_id"],
            ["demarche.id"],
            name=op.f("fk_export_pdf_demarche_id_demarche"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["auteur_id"],
            ["utilisateur.id"],
            name=op.f("fk_export_pdf_auteur_id_utilisateur"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_pdf")),
    )
    op.create_index(op.f("ix_export_pdf_demarche_id"), "export_pdf", ["demarche_id"])
    op.create_index(op.f("ix_export_pdf_auteur_id"), "export_pdf", ["auteur_id"])
    op.create_index(
        "ix_export_pdf_a_faire",
        "export_pdf",
        ["created_at"],
        postgresql_where=sa.text("etat IN ('en_attente', 'en_cours')"),
    )


def downgrade() -> None:
    op.drop_table("export_pdf")
