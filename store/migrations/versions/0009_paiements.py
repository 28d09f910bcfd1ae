"""Online payments: the debtor's link, payments begun, events of the provider already received.

Revision: 0009
Previous: 0012
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATUTS = ("commence", "en_cours", "paye", "echec", "expire", "ecart")


def upgrade() -> None:
    op.create_table(
        "lien_paiement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("demarche_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lien_paiement")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_lien_paiement_token_hash")),
    )
    op.create_index(op.f("ix_lien_paiement_demarche_id"), "lien_paiement", ["demarche_id"])
    op.create_index(op.f("ix_lien_paiement_client_id"), "lien_paiement", ["client_id"])
    op.create_index(
        "uq_lien_paiement_en_vigueur",
        "lien_paiement",
        ["demarche_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "paiement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("demarche_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("lien_id", sa.Uuid(), nullable=False),
        sa.Column("montant", sa.BigInteger(), nullable=False),
        sa.Column(
            "statut",
            sa.Enum(*STATUTS, name="statut", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("session_id", sa.String(length=255), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("montant > 0", name=op.f("ck_paiement_montant")),
        sa.ForeignKeyConstraint(
            ["lien_id"],
            ["lien_paiement.id"],
            name=op.f("fk_paiement_lien_id_lien_paiement"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paiement")),
        sa.UniqueConstraint("session_id", name=op.f("uq_paiement_session_id")),
    )
    op.create_index(op.f("ix_paiement_demarche_id"), "paiement", ["demarche_id"])
    op.create_index(op.f("ix_paiement_client_id"), "paiement", ["client_id"])
    op.create_index(op.f("ix_paiement_lien_id"), "paiement", ["lien_id"])
    op.create_table(
        "evenement_paiement",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("recu_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evenement_paiement")),
    )


def downgrade() -> None:
    op.drop_table("evenement_paiement")
    op.drop_table("paiement")
    op.drop_table("lien_paiement")
