"""Démarches opened by another one.

Revision: 0006
Previous: 0009
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("demarche", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.create_index("ix_demarche_parent_id", "demarche", ["parent_id"])


def downgrade() -> None:
    op.drop_index("ix_demarche_parent_id", table_name="demarche")
    op.drop_column("demarche", "parent_id")
