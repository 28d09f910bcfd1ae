"""The outside platform that sends mails, and what was handed to it.

Revision: 0030
Previous: 0025
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from store.base import Instant

revision: str = "0030"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "plateforme_courriel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actif", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("refus", sa.Integer(), nullable=False),
        sa.Column("desactivee_le", Instant(), nullable=True),
        sa.Column("motif", sa.String(length=300), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_plateforme_courriel_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plateforme_courriel")),
    )
    op.create_table(
        "livraison_courriel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("numero", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("demarche_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("contenu", sa.LargeBinary(), nullable=False),
        sa.Column("etat", sa.String(length=20), nullable=False),
        sa.Column("tentatives", sa.Integer(), nullable=False),
        sa.Column("pas_avant", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("statut", sa.Integer(), nullable=True),
        sa.Column("duree_ms", sa.Integer(), nullable=True),
        sa.Column("erreur", sa.String(length=300), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["id"], ["effet.id"], name=op.f("fk_livraison_courriel_id_effet"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_livraison_courriel")),
        sa.UniqueConstraint("numero", name=op.f("uq_livraison_courriel_numero")),
    )
    op.create_index(
        "ix_livraison_en_attente",
        "livraison_courriel",
        ["numero"],
        postgresql_where=sa.text("etat = 'en_attente'"),
    )


def downgrade() -> None:
    op.drop_table("livraison_courriel")
    op.drop_table("plateforme_courriel")
