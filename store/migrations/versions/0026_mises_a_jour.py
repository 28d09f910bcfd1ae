"""Commands no longer touch the indexes of a démarche: the one on the last change has the hour of it.

Revision: 0026
Previous: 0028
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

HOUR = "date_bin('01:00:00'::interval, updated_at, '2000-01-01 00:00:00+00'::timestamp with time zone)"


def upgrade() -> None:
    op.drop_index("ix_demarche_liste", table_name="demarche")
    # Before the column, which writes every row again.
    op.execute("ALTER TABLE demarche SET (fillfactor = 70)")
    op.add_column(
        "demarche",
        sa.Column(
            "updated_hour", sa.DateTime(timezone=True), sa.Computed(HOUR, persisted=True), nullable=True
        ),
    )
    op.create_index(
        "ix_demarche_liste", "demarche", ["open", sa.literal_column("updated_hour DESC")], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_demarche_liste", table_name="demarche")
    op.drop_column("demarche", "updated_hour")
    op.execute("ALTER TABLE demarche RESET (fillfactor)")
    op.create_index(
        "ix_demarche_liste", "demarche", ["open", sa.literal_column("updated_at DESC"), "id"], unique=False
    )
