"""Upsert by external reference: create the record on the first request, update it later."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel

from app.access.unit_of_work import UnitOfWork
from app.kit.dialects import insert
from app.kit.errors import Problem

Shape = TypeVar("Shape", bound=BaseModel)


def upsert_by_ref(
    work: UnitOfWork,
    table: sa.Table,
    *,
    find: Callable[[], Shape | None],
    new: Callable[[], Mapping[str, Any]],
    show: Callable[[sa.RowMapping], Shape],
    change: Callable[[Shape], Shape],
) -> tuple[Shape, bool]:
    """Update the record that `find` returns locked, or insert the row of `new`. Return the record and True if new.

    If two concurrent requests both find no record, the second insert waits and then updates the first one's row.
    """
    if (current := find()) is not None:
        return change(current), False
    if work.if_match is not None:
        raise Problem(
            412, "precondition_failed", "There is no such record yet; send the request without If-Match to create it."
        )
    unique = ("agency_id", "external_system", "external_id")
    statement = insert(work.conn, table).values(**new()).on_conflict_do_nothing(index_elements=unique)
    if (row := work.conn.execute(statement.returning(table)).mappings().one_or_none()) is not None:
        return show(row), True
    current = find()
    assert current is not None, "the row that was in the way can be found"
    return change(current), False
