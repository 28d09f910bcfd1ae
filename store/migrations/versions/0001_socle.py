"""Foundation: people, keys, sessions, drafts, notifications, files, audit, published modèles.

Revision: 0001
Previous:
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("instant", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acteur", sa.String(length=80), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("objet_type", sa.String(length=60), nullable=False),
        sa.Column("objet_id", sa.String(length=80), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_acteur_seq", "audit", ["acteur", "seq"], unique=False)
    op.create_index("ix_audit_client_id_seq", "audit", ["client_id", "seq"], unique=False)
    op.create_index(op.f("ix_audit_instant"), "audit", ["instant"], unique=False)
    op.create_index(
        "ix_audit_objet_type_objet_id_seq", "audit", ["objet_type", "objet_id", "seq"], unique=False
    )
    op.create_table(
        "cabinet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nom", sa.String(length=200), nullable=False),
        sa.Column("adresse", sa.String(length=500), nullable=True),
        sa.Column("telephone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("horaires", sa.String(length=300), nullable=True),
        sa.Column("site", sa.String(length=200), nullable=True),
        sa.Column("siret", sa.String(length=14), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_cabinet_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabinet")),
    )
    op.create_table(
        "cle_client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("wrap", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(wrap IS NULL) = (erased_at IS NOT NULL)", name=op.f("ck_cle_client_tombstone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cle_client")),
        sa.UniqueConstraint("client_id", name=op.f("uq_cle_client_client_id")),
    )
    op.create_table(
        "fichier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("demarche_id", sa.Uuid(), nullable=True),
        sa.Column("nom", sa.LargeBinary(), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("taille", sa.BigInteger(), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fichier")),
    )
    op.create_index("ix_fichier_client_id_sha", "fichier", ["client_id", "sha"], unique=False)
    op.create_index(op.f("ix_fichier_demarche_id"), "fichier", ["demarche_id"], unique=False)
    op.create_table(
        "idempotence",
        sa.Column("acteur", sa.String(length=80), nullable=False),
        sa.Column("cle", sa.String(length=200), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("response", sa.LargeBinary(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("acteur", "cle", name=op.f("pk_idempotence")),
    )
    op.create_index(op.f("ix_idempotence_client_id"), "idempotence", ["client_id"], unique=False)
    op.create_index(op.f("ix_idempotence_created_at"), "idempotence", ["created_at"], unique=False)
    op.create_table(
        "lien",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("demarche_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("participant", sa.String(length=60), nullable=False),
        sa.Column("nom", sa.LargeBinary(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lien")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_lien_token_hash")),
    )
    op.create_index(op.f("ix_lien_client_id"), "lien", ["client_id"], unique=False)
    op.create_index("ix_lien_demarche_id_participant", "lien", ["demarche_id", "participant"], unique=False)
    op.create_table(
        "tentative",
        sa.Column("cle", sa.String(length=80), nullable=False),
        sa.Column("echecs", sa.Integer(), nullable=False),
        sa.Column("dernier", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bloque_jusqu_a", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("cle", name=op.f("pk_tentative")),
    )
    op.create_index(op.f("ix_tentative_dernier"), "tentative", ["dernier"], unique=False)
    op.create_table(
        "utilisateur",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("nom", sa.String(length=100), nullable=False),
        sa.Column("prenom", sa.String(length=100), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "conseiller",
                "responsable",
                "admin",
                "client",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("titre", sa.String(length=100), nullable=True),
        sa.Column("ligne_directe", sa.String(length=20), nullable=True),
        sa.Column("photo", sa.String(length=200), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirme_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_dernier_pas", sa.BigInteger(), nullable=True),
        sa.Column("actif", sa.Boolean(), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_utilisateur_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utilisateur")),
        sa.UniqueConstraint("email", name=op.f("uq_utilisateur_email")),
    )
    op.create_index("ix_utilisateur_role_actif", "utilisateur", ["role", "actif"], unique=False)
    op.create_table(
        "modele_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("cle", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("contenu", sa.JSON(), nullable=False),
        sa.Column("publie_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publie_par", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["publie_par"],
            ["utilisateur.id"],
            name=op.f("fk_modele_version_publie_par_utilisateur"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modele_version")),
        sa.UniqueConstraint("cle", "version", name=op.f("uq_modele_version_cle_version")),
        sa.UniqueConstraint("sha256", name=op.f("uq_modele_version_sha256")),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("utilisateur_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("demarche_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("texte", sa.LargeBinary(), nullable=False),
        sa.Column("lien", sa.String(length=300), nullable=True),
        sa.Column("origine", sa.String(length=120), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["utilisateur_id"],
            ["utilisateur.id"],
            name=op.f("fk_notification_utilisateur_id_utilisateur"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("utilisateur_id", "origine", name=op.f("uq_notification_utilisateur_id_origine")),
    )
    op.create_index(op.f("ix_notification_client_id"), "notification", ["client_id"], unique=False)
    op.create_index(op.f("ix_notification_demarche_id"), "notification", ["demarche_id"], unique=False)
    op.create_index(
        "ix_notification_non_lue",
        "notification",
        ["utilisateur_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(
        "ix_notification_utilisateur_id_created_at",
        "notification",
        ["utilisateur_id", sa.literal_column("created_at DESC"), "id"],
        unique=False,
    )
    op.create_table(
        "session_connexion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("utilisateur_id", sa.Uuid(), nullable=True),
        sa.Column("lien_id", sa.Uuid(), nullable=True),
        sa.Column(
            "etape",
            sa.Enum(
                "totp",
                "totp_inscription",
                "complete",
                name="etape",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=True),
        sa.Column("agent", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(utilisateur_id IS NULL) <> (lien_id IS NULL)", name=op.f("ck_session_connexion_owner")
        ),
        sa.ForeignKeyConstraint(
            ["lien_id"], ["lien.id"], name=op.f("fk_session_connexion_lien_id_lien"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["utilisateur_id"],
            ["utilisateur.id"],
            name=op.f("fk_session_connexion_utilisateur_id_utilisateur"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_connexion")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_connexion_token_hash")),
    )
    op.create_index(
        op.f("ix_session_connexion_expires_at"), "session_connexion", ["expires_at"], unique=False
    )
    op.create_index(op.f("ix_session_connexion_lien_id"), "session_connexion", ["lien_id"], unique=False)
    op.create_index(
        op.f("ix_session_connexion_utilisateur_id"), "session_connexion", ["utilisateur_id"], unique=False
    )
    op.create_table(
        "tiers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "particulier",
                "entreprise",
                "createur",
                "association",
                name="type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("nom", sa.String(length=200), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("telephone", sa.String(length=20), nullable=True),
        sa.Column("adresse", sa.String(length=500), nullable=True),
        sa.Column("conseiller_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conseiller_id"],
            ["utilisateur.id"],
            name=op.f("fk_tiers_conseiller_id_utilisateur"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tiers")),
    )
    op.create_index(op.f("ix_tiers_conseiller_id"), "tiers", ["conseiller_id"], unique=False)
    op.create_index("ix_tiers_nom_lower", "tiers", [sa.literal_column("lower(nom)"), "id"], unique=False)
    op.create_index(op.f("ix_tiers_siret"), "tiers", ["siret"], unique=False)
    op.create_table(
        "brouillon",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("utilisateur_id", sa.Uuid(), nullable=False),
        sa.Column("tiers_id", sa.Uuid(), nullable=False),
        sa.Column("modele", sa.String(length=80), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tiers_id"], ["tiers.id"], name=op.f("fk_brouillon_tiers_id_tiers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["utilisateur_id"],
            ["utilisateur.id"],
            name=op.f("fk_brouillon_utilisateur_id_utilisateur"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brouillon")),
        sa.UniqueConstraint(
            "utilisateur_id", "tiers_id", "modele", name=op.f("uq_brouillon_utilisateur_id_tiers_id_modele")
        ),
    )
    op.create_index(op.f("ix_brouillon_tiers_id"), "brouillon", ["tiers_id"], unique=False)
    op.create_table(
        "rattachement",
        sa.Column("utilisateur_id", sa.Uuid(), nullable=False),
        sa.Column("tiers_id", sa.Uuid(), nullable=False),
        sa.Column("fonction", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["tiers_id"], ["tiers.id"], name=op.f("fk_rattachement_tiers_id_tiers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["utilisateur_id"],
            ["utilisateur.id"],
            name=op.f("fk_rattachement_utilisateur_id_utilisateur"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("utilisateur_id", "tiers_id", name=op.f("pk_rattachement")),
    )
    op.create_index(op.f("ix_rattachement_tiers_id"), "rattachement", ["tiers_id"], unique=False)
    # SEC-17: the access log is append-only, also for a mistaken query of ours.
    op.execute(
        """
        CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION append_only()
        """
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_rattachement_tiers_id"), table_name="rattachement")
    op.drop_table("rattachement")
    op.drop_index(op.f("ix_brouillon_tiers_id"), table_name="brouillon")
    op.drop_table("brouillon")
    op.drop_index(op.f("ix_tiers_siret"), table_name="tiers")
    op.drop_index("ix_tiers_nom_lower", table_name="tiers")
    op.drop_index(op.f("ix_tiers_conseiller_id"), table_name="tiers")
    op.drop_table("tiers")
    op.drop_index(op.f("ix_session_connexion_utilisateur_id"), table_name="session_connexion")
    op.drop_index(op.f("ix_session_connexion_lien_id"), table_name="session_connexion")
    op.drop_index(op.f("ix_session_connexion_expires_at"), table_name="session_connexion")
    op.drop_table("session_connexion")
    op.drop_index("ix_notification_utilisateur_id_created_at", table_name="notification")
    op.drop_index(
        "ix_notification_non_lue", table_name="notification", postgresql_where=sa.text("read_at IS NULL")
    )
    op.drop_index(op.f("ix_notification_demarche_id"), table_name="notification")
    op.drop_index(op.f("ix_notification_client_id"), table_name="notification")
    op.drop_table("notification")
    op.drop_table("modele_version")
    op.drop_index("ix_utilisateur_role_actif", table_name="utilisateur")
    op.drop_table("utilisateur")
    op.drop_index(op.f("ix_tentative_dernier"), table_name="tentative")
    op.drop_table("tentative")
    op.drop_index("ix_lien_demarche_id_participant", table_name="lien")
    op.drop_index(op.f("ix_lien_client_id"), table_name="lien")
    op.drop_table("lien")
    op.drop_index(op.f("ix_idempotence_created_at"), table_name="idempotence")
    op.drop_index(op.f("ix_idempotence_client_id"), table_name="idempotence")
    op.drop_table("idempotence")
    op.drop_index(op.f("ix_fichier_demarche_id"), table_name="fichier")
    op.drop_index("ix_fichier_client_id_sha", table_name="fichier")
    op.drop_table("fichier")
    op.drop_table("cle_client")
    op.drop_table("cabinet")
    op.drop_index("ix_audit_objet_type_objet_id_seq", table_name="audit")
    op.drop_index(op.f("ix_audit_instant"), table_name="audit")
    op.drop_index("ix_audit_client_id_seq", table_name="audit")
    op.drop_index("ix_audit_acteur_seq", table_name="audit")
    op.drop_table("audit")
    op.execute("DROP FUNCTION append_only()")
