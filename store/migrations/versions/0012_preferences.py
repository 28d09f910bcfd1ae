"""Notifications by choice: preferences, hours, browsers that accept them, what left (NOT-01, NOT-07, NOT-14).

Revision: 0012
Previous: 0008
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def _user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["utilisateur_id"],
        ["utilisateur.id"],
        name=op.f(f"fk_{table}_utilisateur_id_utilisateur"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.create_table(
        "preference_notification",
        sa.Column("utilisateur_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("canal", sa.String(length=20), nullable=False),
        sa.Column("rythme", sa.String(length=20), nullable=False),
        _user("preference_notification"),
        sa.PrimaryKeyConstraint("utilisateur_id", "type", "canal", name=op.f("pk_preference_notification")),
    )
    op.create_table(
        "horaire_notification",
        sa.Column("utilisateur_id", sa.Uuid(), nullable=False),
        sa.Column("recapitulatif", sa.Time(), nullable=False),
        sa.Column("silence_debut", sa.Time(), nullable=True),
        sa.Column("silence_fin", sa.Time(), nullable=True),
        _user("horaire_notification"),
        sa.PrimaryKeyConstraint("utilisateur_id", name=op.f("pk_horaire_notification")),
    )
    op.create_table(
        "appareil",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("utilisateur_id", sa.Uuid(), nullable=False),
        sa.Column("empreinte", sa.LargeBinary(), nullable=False),
        sa.Column("navigateur", sa.String(length=100), nullable=False),
        sa.Column("contenu", sa.LargeBinary(), nullable=False),
        sa.Column("vu_le", INSTANT, nullable=True),
        _user("appareil"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appareil")),
        sa.UniqueConstraint("empreinte", name=op.f("uq_appareil_empreinte")),
    )
    op.create_index("ix_appareil_utilisateur_id", "appareil", ["utilisateur_id"])
    op.create_table(
        "envoi_notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("utilisateur_id", sa.Uuid(), nullable=False),
        sa.Column("canal", sa.String(length=20), nullable=False),
        sa.Column("rythme", sa.String(length=20), nullable=False),
        sa.Column("etat", sa.String(length=20), nullable=False),
        sa.Column("pas_avant", INSTANT, nullable=False),
        sa.Column("lot", sa.Uuid(), nullable=True),
        sa.Column("tentatives", sa.Integer(), nullable=False),
        sa.Column("erreur", sa.String(length=300), nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notification.id"],
            name=op.f("fk_envoi_notification_notification_id_notification"),
            ondelete="CASCADE",
        ),
        _user("envoi_notification"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envoi_notification")),
        sa.UniqueConstraint(
            "notification_id", "canal", name=op.f("uq_envoi_notification_notification_id_canal")
        ),
    )
    op.create_index("ix_envoi_notification_utilisateur_id", "envoi_notification", ["utilisateur_id"])
    op.create_index(
        "ix_envoi_a_partir",
        "envoi_notification",
        ["pas_avant"],
        postgresql_where=sa.text("etat = 'en_attente'"),
    )
    op.add_column("notification", sa.Column("planifie_le", INSTANT, nullable=True))
    # What was told before is old news.
    op.execute("UPDATE notification SET planifie_le = created_at")
    op.create_index(
        "ix_notification_a_planifier",
        "notification",
        ["created_at"],
        postgresql_where=sa.text("planifie_le IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_notification_a_planifier", table_name="notification")
    op.drop_column("notification", "planifie_le")
    for table in ("envoi_notification", "appareil", "horaire_notification", "preference_notification"):
        op.drop_table(table)
