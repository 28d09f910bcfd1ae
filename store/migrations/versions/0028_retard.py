"""The real instant at which each due date passes, whatever the démarche's own clock.

Revision: 0028
Previous: 0021
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITING = "open AND turn IN ('client', 'tiers')"


def upgrade() -> None:
    for table in ("demarche", "attente"):
        op.add_column(table, sa.Column("retard_at", sa.DateTime(timezone=True), nullable=True))
        # The clock is in the sealed state; a démarche whose clock was moved is written again by its next command.
        op.execute(f"UPDATE {table} SET retard_at = due_at WHERE due_at IS NOT NULL")
    _index("retard_at")


def downgrade() -> None:
    _index("due_at")
    for table in ("demarche", "attente"):
        op.drop_column(table, "retard_at")


def _index(by: str) -> None:
    """The indexes of what is sorted by lateness."""
    other = "due_at" if by == "retard_at" else "retard_at"
    op.drop_index(f"ix_demarche_{other}", table_name="demarche")
    for name in ("tableau", "attendue", "attendue_conseiller"):
        op.drop_index(f"ix_demarche_{name}", table_name="demarche")
    for name in ("user", "user_kind", "user_sans_date", "cabinet", "cabinet_sans_date", "cabinet_kind"):
        op.drop_index(f"ix_attente_{name}", table_name="attente")
    undated = f"{by} IS NULL AND kind NOT IN ('demande', 'validation')"
    op.execute(f"CREATE INDEX ix_demarche_{by} ON demarche ({by})")
    op.execute(f"CREATE INDEX ix_demarche_tableau ON demarche (modele, colonne, {by}, id) WHERE open")
    op.execute(f"CREATE INDEX ix_demarche_attendue ON demarche ({by}, attendu_depuis, id) WHERE {WAITING}")
    op.execute(
        f"CREATE INDEX ix_demarche_attendue_conseiller ON demarche (conseiller_id, {by}, attendu_depuis, id)"
        f" WHERE {WAITING}"
    )
    op.execute(f"CREATE INDEX ix_attente_user ON attente (user_id, {by}, since)")
    op.execute(f"CREATE INDEX ix_attente_user_kind ON attente (user_id, kind, since) WHERE {by} IS NULL")
    op.execute(f"CREATE INDEX ix_attente_user_sans_date ON attente (user_id, since) WHERE {undated}")
    op.execute(f"CREATE INDEX ix_attente_cabinet ON attente ({by}, since) WHERE side = 'cabinet'")
    op.execute(
        f"CREATE INDEX ix_attente_cabinet_sans_date ON attente (since) WHERE side = 'cabinet' AND {undated}"
    )
    op.execute(
        "CREATE INDEX ix_attente_cabinet_kind ON attente (kind, since) INCLUDE (demarche_id, client_id)"
        f" WHERE side = 'cabinet' AND {by} IS NULL"
    )
