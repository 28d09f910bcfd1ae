"""What leaves for each notification, by channel, and what became of it (NOT-01, NOT-07)."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from store.base import Instant, Row


class Envoi(Row, table=True):
    """One notification on one channel. Those of one person that leave together share a `lot`, hence a Message-ID."""

    __tablename__ = "envoi_notification"
    __table_args__ = (
        sa.UniqueConstraint("notification_id", "canal"),
        sa.Index("ix_envoi_a_partir", "pas_avant", postgresql_where=sa.text("etat = 'en_attente'")),
    )

    notification_id: uuid.UUID = Field(foreign_key="notification.id", ondelete="CASCADE")
    utilisateur_id: uuid.UUID = Field(foreign_key="utilisateur.id", index=True, ondelete="CASCADE")
    canal: str = Field(max_length=20)
    rythme: str = Field(max_length=20)
    etat: str = Field(default="en_attente", max_length=20)
    """en_attente, fait, echec; sans_objet: read meanwhile, or nowhere to send it."""
    pas_avant: datetime = Field(sa_type=Instant)
    lot: uuid.UUID | None = None
    tentatives: int = 0
    erreur: str | None = Field(default=None, max_length=300)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
