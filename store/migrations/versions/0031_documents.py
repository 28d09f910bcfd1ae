"""Documents of a client: folders, documents, their versions and comments.

Revision: 0031
Previous: 0022
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0031"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _row() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "dossier_ged",
        *_row(),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("nom", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_ged")),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["dossier_ged.id"],
            name=op.f("fk_dossier_ged_parent_id_dossier_ged"),
            ondelete="RESTRICT",
        ),
    )
    op.create_table(
        "document",
        *_row(),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("demarche_id", sa.Uuid(), nullable=True),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("nom", sa.LargeBinary(), nullable=False),
        sa.Column("lien", sa.LargeBinary(), nullable=True),
        sa.Column("acces", sa.String(length=40), nullable=False),
        sa.Column("lecteurs", JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retire_le", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("acces IN ('client', 'cabinet', 'restreint')", name=op.f("ck_document_acces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier_ged.id"],
            name=op.f("fk_document_dossier_id_dossier_ged"),
            ondelete="RESTRICT",
        ),
    )
    op.create_table(
        "document_version",
        *_row(),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("fichier_id", sa.Uuid(), nullable=False),
        sa.Column("restaure", sa.Integer(), nullable=True),
        sa.Column("par", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_version")),
        sa.UniqueConstraint("document_id", "numero", name=op.f("uq_document_version_document_id_numero")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_document_version_document_id_document"),
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "document_commentaire",
        *_row(),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("texte", sa.LargeBinary(), nullable=False),
        sa.Column("par", sa.LargeBinary(), nullable=False),
        sa.Column("interne", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_commentaire")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_document_commentaire_document_id_document"),
            ondelete="CASCADE",
        ),
    )
    for table, columns in (
        ("dossier_ged", ("client_id", "parent_id")),
        ("document", ("client_id", "demarche_id", "dossier_id")),
        ("document_version", ("document_id", "fichier_id")),
        ("document_commentaire", ("document_id",)),
    ):
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table in ("document_commentaire", "document_version", "document", "dossier_ged"):
        op.drop_table(table)
