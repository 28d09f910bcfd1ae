"""Whether the client has a démarche on their portal (MOD-08, MOD-13).

The rows agree with what the engine says: a running démarche of a modèle with `portail.visible: false`, which nothing
hid until now, leaves the portal. What it already asks of its client stops none of the firm's commands; the firm shows
it again (« Montrer sur le portail du client ») or gives up what it asked.

Revision: 0062
Previous: 0061
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0062"
down_revision: str | None = "0061"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AGREE = """
UPDATE demarche SET au_portail = false WHERE modele_sha IN (
    SELECT sha256 FROM modele_version WHERE contenu #>> '{modele,portail,visible}' = 'false'
)
"""


def upgrade() -> None:
    op.add_column("demarche", sa.Column("au_portail", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute(AGREE)
    op.alter_column("demarche", "au_portail", server_default=None)


def downgrade() -> None:
    op.drop_column("demarche", "au_portail")
