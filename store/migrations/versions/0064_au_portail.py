"""Whether the client has a démarche on their portal (MOD-08, MOD-13).

Revision: 0064
Previous: 0060
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0064"
down_revision: str | None = "0060"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Until now every démarche was, whatever its modèle said.
    op.add_column("demarche", sa.Column("au_portail", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.alter_column("demarche", "au_portail", server_default=None)


def downgrade() -> None:
    op.drop_column("demarche", "au_portail")
