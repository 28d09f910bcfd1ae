"""The firm's library of plans of reminders (REC-10).

Revision: 0059
Previous: 0058
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0059"
down_revision: str | None = "0058"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "plan_relance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("nom", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=True),
        sa.Column("paliers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_par", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["updated_par"],
            ["utilisateur.id"],
            name=op.f("fk_plan_relance_updated_par_utilisateur"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_relance")),
        sa.UniqueConstraint("nom", name=op.f("uq_plan_relance_nom")),
    )


def downgrade() -> None:
    op.drop_table("plan_relance")
