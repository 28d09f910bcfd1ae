"""When the workflow of a démarche should wake: one that did not is woken by the worker.

Revision: 0007
Previous: 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("demarche", sa.Column("reveil_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_demarche_reveil", "demarche", ["reveil_at"], postgresql_where=sa.text("reveil_at IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_demarche_reveil", table_name="demarche")
    op.drop_column("demarche", "reveil_at")
