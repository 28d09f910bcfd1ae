"""The vault of a particulier: documents shown only while its owner has just given their password (GED-07, SEC-21).

Revision: 0041
Previous: 0037
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0041"
down_revision: str | None = "0037"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("document", sa.Column("coffre", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("document", "coffre", server_default=None)
    op.add_column("session_connexion", sa.Column("coffre_jusqu_a", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("session_connexion", "coffre_jusqu_a")
    op.drop_column("document", "coffre")
