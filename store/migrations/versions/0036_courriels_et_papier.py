"""Mail models edited on screen; the firm's letterhead: logo, line under the name, footer (NOT-05, PDF-03).

Revision: 0036
Previous: 0032
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0036"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "modele_courriel",
        sa.Column("cle", sa.String(length=80), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("sujet", sa.String(length=500), nullable=False),
        sa.Column("corps", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_par", sa.Uuid(), nullable=True),
        sa.Column("echec", sa.String(length=500), nullable=True),
        sa.Column("echec_le", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("format IN ('mjml', 'html')", name=op.f("ck_modele_courriel_format")),
        sa.PrimaryKeyConstraint("cle", name=op.f("pk_modele_courriel")),
        sa.ForeignKeyConstraint(
            ["updated_par"],
            ["utilisateur.id"],
            name=op.f("fk_modele_courriel_updated_par_utilisateur"),
            ondelete="SET NULL",
        ),
    )
    op.add_column("cabinet", sa.Column("logo", sa.LargeBinary(), nullable=True))
    op.add_column("cabinet", sa.Column("en_tete", sa.String(length=200), nullable=True))
    op.add_column("cabinet", sa.Column("pied_de_page", sa.String(length=500), nullable=True))


def downgrade() -> None:
    for column in ("pied_de_page", "en_tete", "logo"):
        op.drop_column("cabinet", column)
    op.drop_table("modele_courriel")
