"""Records by what another system calls them: made the first time they are put, changed after that."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

import sqlalchemy as sa
from fastapi import Depends, Path
from pydantic import BaseModel

from app.access.work import Work
from app.kit.db import insert
from app.kit.errors import Problem
from app.kit.fields import ExternalRef

Shape = TypeVar("Shape", bound=BaseModel)

System = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$", description="The other system's name.")]
ExternalId = Annotated[
    str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$", description="Its id for this record.")
]


async def _ref(system: System, external_id: ExternalId) -> ExternalRef:
    return ExternalRef(system=system, id=external_id)


Ref = Annotated[ExternalRef, Depends(_ref)]
"""The reference in the path `…/by-ref/{system}/{external_id:path}`: the ids of some systems hold slashes."""


def put_by_ref(
    work: Work,
    table: sa.Table,
    *,
    find: Callable[[], Shape | None],
    new: Callable[[], Mapping[str, Any]],
    show: Callable[[sa.RowMapping], Shape],
    change: Callable[[Shape], Shape],
) -> tuple[Shape, bool]:
    """Change what `find` finds, locked, or insert the row `new`; answers the thing and whether it is new.

    Two first calls may both find nothing: the later insert then waits, makes no row, and its call changes the other's.
    """
    if (current := find()) is not None:
        return change(current), False
    if work.if_match is not None:
        raise Problem(412, "precondition_failed", "There is no such record yet that could match.")
    unique = ("agency_id", "external_system", "external_id")
    statement = insert(work.conn, table).values(**new()).on_conflict_do_nothing(index_elements=unique)
    if (row := work.conn.execute(statement.returning(table)).mappings().one_or_none()) is not None:
        return show(row), True
    current = find()
    assert current is not None, "the row that was in the way can be found"
    return change(current), False
