"""Lists and inboxes whose cost does not grow with the number of démarches.

Revision: 0004
Previous: 0003
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITING = "open AND turn IN ('client', 'tiers')"
UNDATED = "due_at IS NULL AND kind NOT IN ('demande', 'validation')"


def upgrade() -> None:
    # Stored, so that a search need not normalise again every row its index proposes.
    op.execute(
        """
        ALTER TABLE demarche ADD COLUMN recherche text
        GENERATED ALWAYS AS (elaska_normalise(reference || ' ' || titre || ' ' || client_nom)) STORED
        """
    )
    op.drop_index("ix_demarche_recherche", table_name="demarche")
    op.execute("CREATE INDEX ix_demarche_recherche ON demarche USING gin (recherche gin_trgm_ops)")
    op.create_index("ix_demarche_acces", "demarche", ["open", "conseiller_id", "client_id", "id"])
    op.create_index("ix_demarche_turn", "demarche", ["turn"], postgresql_where=sa.text("open"))
    op.execute(f"CREATE INDEX ix_demarche_attendue ON demarche (due_at, attendu_depuis, id) WHERE {WAITING}")
    op.execute(
        "CREATE INDEX ix_demarche_attendue_conseiller ON demarche (conseiller_id, due_at, attendu_depuis, id)"
        f" WHERE {WAITING}"
    )
    op.drop_index("ix_attente_user", table_name="attente")
    op.create_index("ix_attente_user", "attente", ["user_id", "due_at", "since"])
    op.create_index("ix_attente_user_kind", "attente", ["user_id", "kind", "since"])
    op.execute(f"CREATE INDEX ix_attente_user_sans_date ON attente (user_id, since) WHERE {UNDATED}")
    op.execute("CREATE INDEX ix_attente_cabinet ON attente (due_at, since) WHERE side = 'cabinet'")
    op.execute(
        f"CREATE INDEX ix_attente_cabinet_sans_date ON attente (since) WHERE side = 'cabinet' AND {UNDATED}"
    )


def downgrade() -> None:
    for name in ("cabinet_sans_date", "cabinet", "user_sans_date", "user_kind", "user"):
        op.drop_index(f"ix_attente_{name}", table_name="attente")
    op.create_index("ix_attente_user", "attente", ["user_id", "due_at"])
    for name in ("attendue_conseiller", "attendue", "turn", "acces", "recherche"):
        op.drop_index(f"ix_demarche_{name}", table_name="demarche")
    op.drop_column("demarche", "recherche")
    op.execute(
        """
        CREATE INDEX ix_demarche_recherche ON demarche USING gin
        (elaska_normalise(reference || ' ' || titre || ' ' || client_nom) gin_trgm_ops)
        """
    )
