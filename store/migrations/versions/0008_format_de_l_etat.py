"""The format of each stored state, so that an older one is known without being deciphered.

Revision: 0008
Previous: 0005
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("demarche", sa.Column("format", sa.SmallInteger(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("demarche", "format")
