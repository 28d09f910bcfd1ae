"""Alembic's entry: run by `store.migrer` on a connection it is given."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlmodel import AutoString

from store.base import Instant
from store.tables import metadata


def include_name(name: str | None, type_: str, parent_names: Any) -> bool:
    """Autogenerate looks at our tables only, not at what an administrator keeps beside them."""
    return type_ != "table" or name in metadata.tables


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write plain SQLAlchemy types, so that a migration never imports our code of today."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})"
    return False


connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    include_name=include_name,
    render_item=render_item,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
