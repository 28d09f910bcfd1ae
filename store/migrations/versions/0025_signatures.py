"""Documents signed online: sendings, events of the signature service already received.

Revision: 0025
Previous: 0024
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATUTS = ("preparation", "en_cours", "signe", "refuse", "expire", "annule")


def upgrade() -> None:
    op.create_table(
        "signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("demarche_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.String(length=80), nullable=False),
        sa.Column("fait", sa.String(length=60), nullable=False),
        sa.Column(
            "statut",
            sa.Enum(*STATUTS, name="statut", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("request_id", sa.String(length=100), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_index(op.f("ix_signature_demarche_id"), "signature", ["demarche_id"])
    op.create_index(op.f("ix_signature_client_id"), "signature", ["client_id"])
    op.create_table(
        "evenement_signature",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("recu_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evenement_signature")),
    )


def downgrade() -> None:
    op.drop_table("evenement_signature")
    op.drop_table("signature")
