"""Taking one row: its cells become the API's own shape, and the API's own use-case records it or refuses it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError

from app.access.work import Work
from app.kit.errors import Problem
from app.kit.fields import ExternalRef
from app.kit.validation import sentence
from app.spreadsheets.cells import items
from app.spreadsheets.dates import UnreadableTime
from app.spreadsheets.escaping import unescape
from app.spreadsheets.naming import find, find_own, find_recruiters, settled
from app.spreadsheets.reading import Row
from app.spreadsheets.tables import Path, Reference, Table
from app.spreadsheets.times import TimeFormat

Outcome = Literal["created", "changed", "unchanged"]
Error = tuple[str | None, str, str]
"""A column, or none where it is the row as a whole; a stable code; a sentence."""
Shape = TypeVar("Shape", bound=BaseModel)
MOST_ERRORS = 10
"""How many errors of one row are kept."""

# What an assessment writes, and the name that a row is known by, are no change of what the row says.
_NOT_TOLD = {"external_system", "external_id", "stage", "effective_stage", "stage_since", "in_progress", "court",
             "court_since", "policy_version", "rules_version", "assessed_at", "next_change_at", "event_sequence",
             "due_at", "claim", "attempts"}  # fmt: skip


class Refused(Exception):
    """A row that cannot be taken, and why."""

    def __init__(self, *errors: Error) -> None:
        super().__init__(errors)
        self.errors = tuple(dict.fromkeys(errors))[:MOST_ERRORS]


class Taker:
    """Takes the rows of one file. References that it has once found it remembers, for one transaction."""

    def __init__(self, work: Work, table: Table, columns: Sequence[str], system: str, times: TimeFormat) -> None:
        self._work, self._table, self._columns, self._system, self._times = work, table, columns, system, times
        self._found: dict[tuple[str, str, str], UUID] = {}

    def take(self, row: Row) -> Outcome:
        """Record one row, wholly or not at all. Raises Refused."""
        if row.fault is not None:
            raise Refused(row.fault)
        cells = {name: text for name, cell in zip(self._columns, row.cells, strict=False) if (text := unescape(cell))}
        try:
            with self._work.conn.begin_nested():
                return self._recorded(cells)
        except Problem as problem:
            raise Refused(*self._of_problem(problem, cells)) from problem

    def _recorded(self, cells: Mapping[str, str]) -> Outcome:
        work, table = self._work, self._table
        told_as, body = self._told_as(cells), self._body(cells)
        before = find(work, table.stored, told_as.system, told_as.id)
        ref = settled(work, table.stored, told_as, before)
        _, created = table.put(work, ref, body)
        if created:
            return "created"
        after = find(work, table.stored, ref.system, ref.id)
        return "unchanged" if _said(before) == _said(after) else "changed"

    def _told_as(self, cells: Mapping[str, str]) -> ExternalRef:
        told = {"system": cells.get("system", self._system).lower(), "id": cells.get("id")}
        return _shaped(ExternalRef, told, {("system",): "system", ("id",): "id"})

    def _body(self, cells: Mapping[str, str]) -> Any:
        told: dict[str, Any] = {}
        unreadable: dict[str | None, Error] = {}
        for column in self._table.columns:
            if column.name not in cells:
                continue
            *outer, last = column.fills
            inner = told
            for step in outer:
                inner = inner.setdefault(step, {})
            try:
                inner[last] = column.kind.read(cells[column.name], self._times)
            except UnreadableTime as error:
                inner[last] = cells[column.name]
                unreadable[column.name] = (column.name, error.code, error.detail[:500])
        errors: list[Error] = []
        for field, resolve in self._references(cells):
            try:
                told[field] = resolve()
            except Refused as refused:
                errors += refused.errors
        if errors:
            raise Refused(*unreadable.values(), *errors)
        places = {column.fills: column.name for column in self._table.columns}
        try:
            body = _shaped(self._table.shape, told, places | self._reference_places(cells))
        except Refused as refused:
            raise Refused(*(unreadable.get(error[0], error) for error in refused.errors)) from None
        if unreadable:
            raise Refused(*unreadable.values())
        return body

    def _references(self, cells: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        """The fields that refer to something, each with what finds it."""
        for reference in self._table.references:
            if cells.keys() & {reference.name, reference.id} or reference.required:
                many = self._those if reference.many else self._that
                yield reference.field, lambda reference=reference, many=many: many(reference, cells)
        if self._table.takes_recruiter and cells.keys() & {"recruiter", "recruiter_id"}:
            yield "recruiter_id", lambda: self._recruiter(cells)

    def _that(self, reference: Reference, cells: Mapping[str, str]) -> UUID:
        if reference.name in cells and reference.id in cells:
            raise Refused((reference.id, "named_twice", f"Fill either {reference.name} or {reference.id}."))
        if reference.id in cells:
            return self._own(reference, cells[reference.id])
        if reference.name not in cells:
            raise Refused((reference.name, "missing", "This must be filled."))
        return self._others(reference, self._system_of(reference, cells), cells[reference.name])

    def _those(self, reference: Reference, cells: Mapping[str, str]) -> list[UUID]:
        names, systems = items(cells.get(reference.name, "")), items(cells.get(reference.system, "").lower())
        if len(systems) not in (0, 1, len(names)):
            detail = f"Name one system for all of {reference.name}, or as many as there are ids."
            raise Refused((reference.system, "invalid", detail))
        if len(systems) != len(names):
            systems = (systems or [self._own_system(cells)]) * len(names)
        own = [self._own(reference, id) for id in items(cells.get(reference.id, ""))]
        return own + [self._others(reference, system, id) for system, id in zip(systems, names, strict=True)]

    def _own_system(self, cells: Mapping[str, str]) -> str:
        return cells.get("system", self._system).lower()

    def _system_of(self, reference: Reference, cells: Mapping[str, str]) -> str:
        return cells[reference.system].lower() if reference.system in cells else self._own_system(cells)

    def _others(self, reference: Reference, system: str, id: str) -> UUID:
        key = (reference.table.name, system, id)
        if key not in self._found:
            row = find(self._work, reference.table, system, id)
            if row is None:
                raise _not_found(reference.table, reference.name, f" that {system[:40]} calls by this id")
            self._found[key] = row["id"]
        return self._found[key]

    def _own(self, reference: Reference, text: str) -> UUID:
        try:
            row = find_own(self._work, reference.table, UUID(text))
        except ValueError:
            raise Refused((reference.id, "invalid", "This must be an id of Keepwarm's (a UUID).")) from None
        if row is None:
            raise _not_found(reference.table, reference.id)
        own: UUID = row["id"]
        return own

    def _recruiter(self, cells: Mapping[str, str]) -> Any:
        if "recruiter_id" in cells:
            return cells["recruiter_id"]
        found = find_recruiters(self._work, cells["recruiter"])
        if len(found) > 1:
            raise Refused(("recruiter", "ambiguous", "Two recruiters are called so; write an email address or an id."))
        if not found:
            raise Refused(("recruiter", "not_found", "There is no such recruiter; add them first."))
        return found[0]

    def _reference_places(self, cells: Mapping[str, str]) -> dict[Path, str]:
        """The column that a field of the shape was filled from."""
        places: dict[Path, str] = {
            (one.field,): one.id if one.id in cells and one.name not in cells else one.name
            for one in self._table.references
        }
        recruiter = "recruiter_id" if "recruiter_id" in cells else "recruiter"
        return places | ({("recruiter_id",): recruiter} if self._table.takes_recruiter else {})

    def _of_problem(self, problem: Problem, cells: Mapping[str, str]) -> Iterator[Error]:
        """What a use-case refused, by the columns that its pointers mean."""
        places = {column.fills: column.name for column in self._table.columns} | self._reference_places(cells)
        pointers = [(error["pointer"], error["detail"]) for error in problem.errors] or [("", problem.detail)]
        for pointer, detail in pointers:
            yield _place(tuple(pointer.split("/")[1:]), places), problem.code, detail[:500]


def _shaped(shape: type[Shape], told: Mapping[str, Any], places: Mapping[Path, str]) -> Shape:
    try:
        return shape.model_validate(told)
    except ValidationError as error:
        raise Refused(*_of_validation(error, places)) from None


def _said(row: sa.RowMapping | None) -> dict[Any, Any]:
    return {name: value for name, value in (row or {}).items() if name not in _NOT_TOLD}


def _not_found(table: sa.Table, column: str, how: str = "") -> Refused:
    return Refused((column, "not_found", f"There is no {table.name.replace('_', ' ')}{how}."))


def _of_validation(error: ValidationError, places: Mapping[Path, str]) -> Iterator[Error]:
    for found in error.errors(include_url=False, include_input=False):
        missing = found["type"] == "missing" or (found["type"] == "string_type" and found["loc"] == ("id",))
        detail = "This must be filled." if missing else sentence(found)
        code = "missing" if missing else "invalid"
        yield _place(tuple(str(step) for step in found["loc"]), places), code, detail[:500]


def _place(path: Path, places: Mapping[Path, str]) -> str | None:
    return next((name for length in range(len(path), 0, -1) if (name := places.get(path[:length]))), None)
