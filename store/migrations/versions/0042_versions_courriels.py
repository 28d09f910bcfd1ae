"""Every text that a mail model has had, to put one back (NOT-05); what a client's subscription includes (DEM-11).

Revision: 0042
Previous: 0041
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0042"
down_revision: str | None = "0041"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "modele_courriel_version",
        sa.Column("cle", sa.String(length=80), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("sujet", sa.String(length=500), nullable=False),
        sa.Column("corps", sa.Text(), nullable=False),
        sa.Column("par", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("cle", "version", name=op.f("pk_modele_courriel_version")),
        sa.ForeignKeyConstraint(
            ["par"],
            ["utilisateur.id"],
            name=op.f("fk_modele_courriel_version_par_utilisateur"),
            ondelete="SET NULL",
        ),
    )
    op.add_column("tiers", sa.Column("prestations_incluses", JSONB(), nullable=True))
    op.execute(
        "INSERT INTO modele_courriel_version (cle, version, format, sujet, corps, par) "
        "SELECT cle, version, format, sujet, corps, updated_par FROM modele_courriel"
    )


def downgrade() -> None:
    op.drop_column("tiers", "prestations_incluses")
    op.drop_table("modele_courriel_version")
