"""A notification that nothing is left to do about is no longer unread, which does not say that somebody read it
(NOT-13, TL-05).

Revision: 0063
Previous: 0062
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0063"
down_revision: str | None = "0062"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UNREAD = "ix_notification_non_lue"


def _unread(condition: str) -> None:
    op.drop_index(UNREAD, table_name="notification")
    op.create_index(UNREAD, "notification", ["utilisateur_id"], postgresql_where=sa.text(condition))


def upgrade() -> None:
    op.add_column("notification", sa.Column("reglee_le", sa.DateTime(timezone=True), nullable=True))
    _unread("read_at IS NULL AND reglee_le IS NULL")


def downgrade() -> None:
    _unread("read_at IS NULL")
    op.drop_column("notification", "reglee_le")
