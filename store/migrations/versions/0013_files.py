"""The queue's groups without a date, read in order from an index.

Revision: 0013
Previous: 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index("ix_attente_kind", table_name="attente")
    op.drop_index("ix_attente_user_kind", table_name="attente")
    op.create_index(
        "ix_attente_user_kind",
        "attente",
        ["user_id", "kind", "since"],
        postgresql_where=sa.text("due_at IS NULL"),
    )
    op.create_index(
        "ix_attente_cabinet_kind",
        "attente",
        ["kind", "since"],
        postgresql_where=sa.text("side = 'cabinet' AND due_at IS NULL"),
        postgresql_include=["demarche_id", "client_id"],
    )


def downgrade() -> None:
    op.drop_index("ix_attente_cabinet_kind", table_name="attente")
    op.drop_index("ix_attente_user_kind", table_name="attente")
    op.create_index("ix_attente_user_kind", "attente", ["user_id", "kind", "since"])
    op.create_index("ix_attente_kind", "attente", ["kind", "since"])
