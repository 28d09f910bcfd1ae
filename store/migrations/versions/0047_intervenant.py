"""People outside of the firm who take part in a démarche (EQP-05).

Revision: 0047
Previous: 0046
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0047"
down_revision: str | None = "0046"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "intervenant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("demarche_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.Column("contenu", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["demarche_id"],
            ["demarche.id"],
            name=op.f("fk_intervenant_demarche_id_demarche"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervenant")),
    )
    op.create_index(op.f("ix_intervenant_demarche_id"), "intervenant", ["demarche_id"])
    op.create_index(op.f("ix_intervenant_client_id"), "intervenant", ["client_id"])


def downgrade() -> None:
    op.drop_table("intervenant")
