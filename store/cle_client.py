"""The data key of each client, wrapped by the master key; erasing a client leaves a tombstone."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from store.base import Instant, Row


class CleClient(Row, table=True):
    """`id` is the key's id, written in every blob. `client_id` has no foreign key: the tombstone
    outlives the tiers.
    """

    __tablename__ = "cle_client"
    __table_args__ = (sa.CheckConstraint("(wrap IS NULL) = (erased_at IS NOT NULL)", name="tombstone"),)

    client_id: uuid.UUID = Field(unique=True)
    wrap: bytes | None
    erased_at: datetime | None = Field(default=None, sa_type=Instant)
