"""What a client gave once, by kind of document (GED-15).

Revision: 0058
Previous: 0057
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0058"
down_revision: str | None = "0057"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "piece_fournie",
        sa.Column("demarche_id", sa.Uuid(), nullable=False),
        sa.Column("piece", sa.String(length=60), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("titre", sa.String(length=300), nullable=False),
        sa.Column("fichiers", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("validated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["demarche_id"],
            ["demarche.id"],
            name=op.f("fk_piece_fournie_demarche_id_demarche"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("demarche_id", "piece", name=op.f("pk_piece_fournie")),
    )
    op.create_index("ix_piece_fournie_client_id", "piece_fournie", ["client_id", "type", "validated_at"])


def downgrade() -> None:
    op.drop_index("ix_piece_fournie_client_id", table_name="piece_fournie")
    op.drop_table("piece_fournie")
