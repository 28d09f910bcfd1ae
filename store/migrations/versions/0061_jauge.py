"""Colours of the debt ratio's gauge, chosen by the firm (CRE-16).

Revision: 0061
Previous: 0060
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0061"
down_revision: str | None = "0060"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CHECK = "0 < jauge_orange AND jauge_orange <= jauge_rouge AND jauge_rouge <= 100"


def upgrade() -> None:
    for name, default in (("jauge_orange", "33"), ("jauge_rouge", "35")):
        op.add_column("cabinet", sa.Column(name, sa.Integer(), server_default=default, nullable=False))
        op.alter_column("cabinet", name, server_default=None)
    op.create_check_constraint(op.f("ck_cabinet_jauge"), "cabinet", CHECK)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_cabinet_jauge"), "cabinet", type_="check")
    op.drop_column("cabinet", "jauge_rouge")
    op.drop_column("cabinet", "jauge_orange")
