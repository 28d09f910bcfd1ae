"""Personal links by which people choose their password: invited to the portal, or having forgotten it (SEC-02, SEC-03).

Revision: 0065
Previous: 0064
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0065"
down_revision: str | None = "0064"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "acces",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", instant, server_default=sa.text("now()"), nullable=False),
        sa.Column("utilisateur_id", sa.Uuid(), nullable=True),
        sa.Column("motif", sa.String(length=40), nullable=False),
        sa.Column("tiers_id", sa.Uuid(), nullable=True),
        sa.Column("par", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("used_at", instant, nullable=True),
        sa.Column("revoked_at", instant, nullable=True),
        sa.Column("etat", sa.String(length=20), nullable=False),
        sa.Column("pas_avant", instant, nullable=False),
        sa.Column("tentatives", sa.Integer(), nullable=False),
        sa.Column("erreur", sa.String(length=300), nullable=True),
        sa.Column("parti_le", instant, nullable=True),
        sa.CheckConstraint("motif IN ('invitation', 'oubli')", name=op.f("ck_acces_motif")),
        sa.ForeignKeyConstraint(
            ["utilisateur_id"],
            ["utilisateur.id"],
            name=op.f("fk_acces_utilisateur_id_utilisateur"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tiers_id"], ["tiers.id"], name=op.f("fk_acces_tiers_id_tiers"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["par"], ["utilisateur.id"], name=op.f("fk_acces_par_utilisateur"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acces")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_acces_token_hash")),
    )
    op.create_index(op.f("ix_acces_utilisateur_id"), "acces", ["utilisateur_id"])
    op.create_index(
        "ix_acces_a_envoyer", "acces", ["pas_avant"], postgresql_where=sa.text("etat = 'en_attente'")
    )


def downgrade() -> None:
    op.drop_table("acces")
