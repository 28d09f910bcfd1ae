"""The outbox: commands that business records have for démarches.

Revision: 0005
Previous: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "sortie",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rang", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("demarche_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("contenu", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("relayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refus", sa.String(length=80), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["tiers.id"], name=op.f("fk_sortie_client_id_tiers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sortie")),
    )
    op.create_index(
        "ix_sortie_attente", "sortie", ["demarche_id", "rang"], postgresql_where=sa.text("relayed_at IS NULL")
    )
    op.create_index("ix_sortie_client", "sortie", ["client_id"])


def downgrade() -> None:
    op.drop_table("sortie")
