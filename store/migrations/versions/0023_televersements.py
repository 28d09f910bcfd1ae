"""Files that arrive in several times; what the antivirus says of each file.

Revision: 0023
Previous: 0026
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0023"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ETATS = ("en_cours", "verification", "pret", "refuse", "depose")
ANALYSES = ("non_configuree", "en_attente", "saine", "infectee", "interne")


def _one_of(column: str, values: Sequence[str]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    op.create_table(
        "televersement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("demarche_id", sa.Uuid(), nullable=True),
        sa.Column("objet", sa.String(length=80), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("nom", sa.LargeBinary(), nullable=False),
        sa.Column("taille", sa.BigInteger(), nullable=False),
        sa.Column("recu", sa.BigInteger(), nullable=False),
        sa.Column("parts", JSONB(), nullable=False),
        sa.Column("types", JSONB(), nullable=False),
        sa.Column("etat", sa.String(length=40), nullable=False),
        sa.Column("refus", JSONB(), nullable=True),
        sa.Column("verif_depuis", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_one_of("etat", ETATS), name=op.f("ck_televersement_etat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_televersement")),
    )
    for column in ("client_id", "demarche_id", "created_by", "expires_at"):
        op.create_index(op.f(f"ix_televersement_{column}"), "televersement", [column])
    op.add_column(
        "fichier",
        sa.Column("verdict", sa.String(length=40), server_default="non_configuree", nullable=False),
    )
    op.create_check_constraint(op.f("ck_fichier_verdict"), "fichier", _one_of("verdict", ANALYSES))
    op.create_index(
        "ix_fichier_a_analyser", "fichier", ["id"], postgresql_where=sa.text("verdict = 'en_attente'")
    )


def downgrade() -> None:
    op.drop_index("ix_fichier_a_analyser", table_name="fichier")
    op.drop_constraint(op.f("ck_fichier_verdict"), "fichier", type_="check")
    op.drop_column("fichier", "verdict")
    op.drop_table("televersement")
