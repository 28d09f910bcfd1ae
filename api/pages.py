"""Pagination, the same for every list."""

from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="How many to skip.")]


class Page(BaseModel, Generic[Item]):
    """One page of a list, and how many there are in all."""

    items: list[Item]
    total: int
    limit: int
    offset: int
