"""What every table shares: constraint names, key, instants and closed lists stored as text."""

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import cast

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

# Deterministic names, so that a migration can name what it drops.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = SQLModel.metadata


class Instant(sa.types.TypeDecorator[datetime]):
    """timestamptz which refuses a naive datetime and always gives back UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None


def closed_list(values: type[StrEnum], name: str) -> sa.Enum:
    """Column type for a StrEnum: text with a CHECK, easier to extend than a PostgreSQL enum."""
    return sa.Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def now() -> datetime:
    """The present instant, UTC: for rows only, never for a decision of the engine."""
    return datetime.now(UTC)


def table_of(model: type[SQLModel]) -> sa.Table:
    """The table behind a model, for statements on many rows at once."""
    return cast(sa.Table, sa.inspect(model).local_table)


class Row(SQLModel):
    """Base of the tables whose key is a uuid."""

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    created_at: datetime = Field(
        default_factory=now,
        sa_type=Instant,
        nullable=False,
        sa_column_kwargs={"server_default": sa.func.now()},
    )
