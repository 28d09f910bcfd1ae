"""The date that a démarche watches, for the home of its client (REC-06).

Told from the next change that its client or the lists see.

Revision: 0064
Previous: 0063
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0064"
down_revision: str | None = "0063"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("demarche", sa.Column("surveille_le", sa.Date(), nullable=True))
    op.add_column("demarche", sa.Column("surveille_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("demarche", "surveille_at")
    op.drop_column("demarche", "surveille_le")
