"""Rights granted or withdrawn by an administrator (SEC-15, USR-08).

Revision: 0037
Previous: 0036
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0037"
down_revision: str | None = "0036"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "droit",
        sa.Column("sujet", sa.String(length=40), nullable=False),
        sa.Column("cle", sa.String(length=80), nullable=False),
        sa.Column("valeur", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("sujet", "cle", name=op.f("pk_droit")),
    )


def downgrade() -> None:
    op.drop_table("droit")
