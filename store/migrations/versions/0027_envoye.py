"""Mails kept as they left; notifications found by what caused them.

Revision: 0027
Previous: 0023
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("effet", sa.Column("envoye", sa.LargeBinary(), nullable=True))
    op.create_index("ix_notification_origine", "notification", ["origine"])


def downgrade() -> None:
    op.drop_index("ix_notification_origine", table_name="notification")
    op.drop_column("effet", "envoye")
