"""Démarches: the engine's state (encrypted) and the clear columns that lists, filters and inboxes read."""

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from store.base import Instant

SEARCHED = "elaska_normalise(((((reference)::text || ' '::text) || (titre)::text) || ' '::text) || (client_nom)::text)"
"""What the search box looks through, without accents or capitals, as PostgreSQL writes it back."""
HOUR = "date_bin('01:00:00'::interval, updated_at, '2000-01-01 00:00:00+00'::timestamp with time zone)"
"""Hour of the last change, as PostgreSQL writes it back."""
_WAITING = sa.text("open AND turn IN ('client', 'tiers')")
_UNDATED = "retard_at IS NULL AND kind NOT IN ('demande', 'validation')"


class Demarche(SQLModel, table=True):
    """One row per démarche. `state` is the whole engine state, encrypted under the client's key."""

    __tablename__ = "demarche"
    __table_args__ = (
        sa.Index("ix_demarche_liste", "open", sa.text("updated_hour DESC")),
        sa.Index("ix_demarche_client", "client_id", "open"),
        sa.Index("ix_demarche_conseiller", "conseiller_id", "open", "turn"),
        sa.Index("ix_demarche_modele_statut", "modele", "statut"),
        sa.Index(
            "ix_demarche_tableau", "modele", "colonne", "retard_at", "id", postgresql_where=sa.text("open")
        ),
        sa.Index("ix_demarche_titre", "open", sa.text("elaska_normalise(titre)"), "id"),
        sa.Index("ix_demarche_client_nom", "open", sa.text("elaska_normalise(client_nom)"), "id"),
        sa.Index(
            "ix_demarche_recherche",
            "recherche",
            postgresql_using="gin",
            postgresql_ops={"recherche": "gin_trgm_ops"},
        ),
        sa.Index("ix_demarche_acces", "open", "conseiller_id", "client_id", "id"),
        sa.Index("ix_demarche_turn", "turn", postgresql_where=sa.text("open")),
        sa.Index("ix_demarche_urgente", "id", postgresql_where=sa.text("open AND priorite = 'urgente'")),
        sa.Index("ix_demarche_reveil", "reveil_at", postgresql_where=sa.text("reveil_at IS NOT NULL")),
        sa.Index("ix_demarche_attendue", "retard_at", "attendu_depuis", "id", postgresql_where=_WAITING),
        sa.Index(
            "ix_demarche_attendue_conseiller",
            "conseiller_id",
            "retard_at",
            "attendu_depuis",
            "id",
            postgresql_where=_WAITING,
        ),
        # Room in each page for what the next commands write there.
        {"postgresql_with": {"fillfactor": 70}},
    )

    id: uuid.UUID = Field(primary_key=True)
    client_id: uuid.UUID = Field(foreign_key="tiers.id")
    reference: str = Field(max_length=40, unique=True)
    titre: str = Field(max_length=300)
    modele: str = Field(max_length=60)
    modele_titre: str = Field(max_length=200)
    modele_sha: str = Field(max_length=64, foreign_key="modele_version.sha256")
    categorie: str = Field(max_length=60)
    icone: str = Field(max_length=40)
    phase: str = Field(max_length=20)
    cycle: str = Field(max_length=20)
    open: bool
    statut: str = Field(max_length=60)
    statut_libelle: str | None = Field(default=None, max_length=100)
    badge: str | None = Field(default=None, max_length=200)
    """What the client reads instead of the status, as JSON: `libelle`, `couleur`, `icone` (SIN-13, CRE-27)."""
    au_portail: bool = True
    """The client has it on their portal (MOD-08, MOD-13)."""
    progression: int
    etape: str | None = Field(default=None, max_length=60)
    etape_titre: str | None = Field(default=None, max_length=200)
    etape_rang: int = 0
    etapes_total: int = 0
    colonne: str | None = Field(default=None, max_length=60)
    """Column of its modèle's board where it stands."""
    turn: str = Field(max_length=20)
    attendu: str | None = Field(default=None, max_length=300)
    attendu_nom: str | None = Field(default=None, max_length=200)
    attendu_depuis: datetime | None = Field(default=None, sa_type=Instant)
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    retard_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    """Real instant at which `due_at`, told on the démarche's own clock, is past: what lists compare and sort by."""
    surveille_le: date | None = None
    """Day that it watches while it goes on: « Prochaine échéance », on its own clock (REC-06)."""
    surveille_at: datetime | None = Field(default=None, sa_type=Instant)
    """Real instant at which that day is over."""
    parent_id: uuid.UUID | None = Field(default=None, index=True)
    """The démarche that opened it, for one of its lines."""
    conseiller_id: uuid.UUID | None = None
    conseiller_nom: str | None = Field(default=None, max_length=200)
    client_nom: str = Field(max_length=200)
    priorite: str = Field(default="normale", max_length=10, sa_column_kwargs={"server_default": "normale"})
    horloge: str | None = Field(default=None, max_length=200)
    """Its own clock as JSON, when it was moved (demo and tests): what its moments are told from."""
    prix: int | None = None
    prix_mention: str = Field(max_length=5)
    opened_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    """In no index: most commands change nothing else that is in one, and then PostgreSQL writes none of them."""
    updated_hour: datetime | None = Field(
        default=None, sa_column=sa.Column(Instant, sa.Computed(HOUR, persisted=True))
    )
    reveil_at: datetime | None = Field(default=None, sa_type=Instant)
    """Real instant at which its workflow should wake by itself; well past, it did not: see `workflows.veille`."""
    seq: int
    format: int = Field(default=1, sa_type=sa.SmallInteger, sa_column_kwargs={"server_default": "1"})
    """Format of `state`: an older one is folded anew from the journal."""
    state: bytes
    journal_hash: bytes
    """Hash of the last line of its journal: the next one chains on it."""
    recherche: str | None = Field(
        default=None, sa_column=sa.Column(sa.Text, sa.Computed(SEARCHED, persisted=True))
    )


class Membre(SQLModel, table=True):
    """Who is on the team of a démarche (EQP-04): read for access."""

    __tablename__ = "demarche_membre"

    demarche_id: uuid.UUID = Field(primary_key=True, foreign_key="demarche.id", ondelete="CASCADE")
    user_id: uuid.UUID = Field(primary_key=True, index=True)
    role: str = Field(primary_key=True, max_length=60)


class Attente(SQLModel, table=True):
    """One thing awaited from one person: the inboxes of the firm and « Ce qui vous attend » of the client."""

    __tablename__ = "attente"
    __table_args__ = (
        sa.Index("ix_attente_user", "user_id", "retard_at", "since"),
        sa.Index(
            "ix_attente_user_kind",
            "user_id",
            "kind",
            "since",
            postgresql_where=sa.text("retard_at IS NULL"),
        ),
        sa.Index("ix_attente_user_sans_date", "user_id", "since", postgresql_where=sa.text(_UNDATED)),
        sa.Index("ix_attente_cabinet", "retard_at", "since", postgresql_where=sa.text("side = 'cabinet'")),
        sa.Index(
            "ix_attente_cabinet_sans_date",
            "since",
            postgresql_where=sa.text(f"side = 'cabinet' AND {_UNDATED}"),
        ),
        sa.Index("ix_attente_client", "client_id", "side"),
        sa.Index(
            "ix_attente_cabinet_kind",
            "kind",
            "since",
            postgresql_where=sa.text("side = 'cabinet' AND retard_at IS NULL"),
            postgresql_include=["demarche_id", "client_id"],
        ),
    )

    demarche_id: uuid.UUID = Field(primary_key=True, foreign_key="demarche.id", ondelete="CASCADE")
    kind: str = Field(primary_key=True, max_length=20)
    item_id: str = Field(primary_key=True, max_length=60)
    client_id: uuid.UUID
    side: str = Field(max_length=20)
    role: str = Field(max_length=60)
    user_id: uuid.UUID | None = None
    nom: str = Field(max_length=200)
    label: str = Field(max_length=300)
    etape: str | None = Field(default=None, max_length=60)
    since: datetime = Field(sa_type=Instant)
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    retard_at: datetime | None = Field(default=None, sa_type=Instant)
    """As for `Demarche.retard_at`."""


class Compteur(SQLModel, table=True):
    """Next number of a series of references (`EMB-2026`)."""

    __tablename__ = "compteur"

    serie: str = Field(primary_key=True, max_length=40)
    prochain: int


class Commande(SQLModel, table=True):
    """The journal keeps commands with their inputs, encrypted; a known id is never applied again."""

    __tablename__ = "commande"

    demarche_id: uuid.UUID = Field(primary_key=True, foreign_key="demarche.id", ondelete="CASCADE")
    id: str = Field(primary_key=True, max_length=200)
    seq_from: int
    seq_to: int
    at: datetime = Field(sa_type=Instant)
    contenu: bytes


class Effet(SQLModel, table=True):
    """The ledger of effects: written in the deciding transaction, claimed, done, recorded."""

    __tablename__ = "effet"
    __table_args__ = (sa.Index("ix_effet_etat", "etat", "created_at"),)

    id: uuid.UUID = Field(primary_key=True)
    demarche_id: uuid.UUID = Field(foreign_key="demarche.id", index=True, ondelete="CASCADE")
    client_id: uuid.UUID
    kind: str = Field(max_length=20)
    etat: str = Field(max_length=20)
    """en_attente, retenu, en_cours, fait, incertain, echec, annule; non_remis: a mail that left and came back."""
    message_id: str | None = Field(default=None, max_length=200, unique=True)
    """One Message-ID per row, for ever: never two for one mail."""
    contenu: bytes
    envoye: bytes | None = None
    """The mail as it left, encrypted."""
    tentatives: int = 0
    erreur: str | None = Field(default=None, max_length=300)
    resultat: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    created_at: datetime = Field(sa_type=Instant)
    claimed_at: datetime | None = Field(default=None, sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
