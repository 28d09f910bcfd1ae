"""Badge that the client reads in lists (SIN-13, CRE-27).

Revision: 0039
Previous: 0038
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0039"
down_revision: str | None = "0038"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("demarche", sa.Column("badge", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("demarche", "badge")
