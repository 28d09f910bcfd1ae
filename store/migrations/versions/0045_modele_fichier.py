"""The file that a version of a modèle was published from: once it is gone, the catalogue proposes it no more (MOD-08).

Revision: 0045
Previous: 0037
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0045"
down_revision: str | None = "0037"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("modele_version", sa.Column("fichier", sa.String(length=120), nullable=True))


def downgrade() -> None:
    op.drop_column("modele_version", "fichier")
