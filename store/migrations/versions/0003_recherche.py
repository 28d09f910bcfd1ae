"""Search without accents; drafts of the forms of a démarche; the bell rings on commit.

Revision: 0003
Previous: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public")
    # `unaccent` is only STABLE, since its dictionary could change: ours never does, and an index needs IMMUTABLE.
    op.execute(
        """
        CREATE FUNCTION elaska_normalise(texte text) RETURNS text
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN lower(public.unaccent('public.unaccent'::regdictionary, texte))
        """
    )
    op.execute(
        """
        CREATE INDEX ix_demarche_recherche ON demarche USING gin
        (elaska_normalise(reference || ' ' || titre || ' ' || client_nom) gin_trgm_ops)
        """
    )
    # Alphabetical order as people read it: « Éloïse » among the E.
    op.execute("CREATE INDEX ix_demarche_titre ON demarche (open, elaska_normalise(titre), id)")
    op.execute("CREATE INDEX ix_demarche_client_nom ON demarche (open, elaska_normalise(client_nom), id)")
    op.execute(
        """
        CREATE FUNCTION elaska_annonce_notification() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('elaska_notification', NEW.utilisateur_id::text);
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER notification_annonce AFTER INSERT ON notification
        FOR EACH ROW EXECUTE FUNCTION elaska_annonce_notification()
        """
    )
    op.create_table(
        "brouillon_formulaire",
        sa.Column("demarche_id", sa.Uuid(), nullable=False),
        sa.Column("formulaire", sa.String(length=60), nullable=False),
        sa.Column("auteur", sa.String(length=80), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["demarche_id"],
            ["demarche.id"],
            name=op.f("fk_brouillon_formulaire_demarche_id_demarche"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("demarche_id", "formulaire", "auteur", name=op.f("pk_brouillon_formulaire")),
    )


def downgrade() -> None:
    op.drop_table("brouillon_formulaire")
    op.execute("DROP TRIGGER notification_annonce ON notification")
    op.execute("DROP FUNCTION elaska_annonce_notification()")
    for name in ("ix_demarche_client_nom", "ix_demarche_titre", "ix_demarche_recherche"):
        op.drop_index(name, table_name="demarche")
    op.execute("DROP FUNCTION elaska_normalise(text)")
