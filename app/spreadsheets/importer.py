"""The row importer: convert a row's cells to a request body of the API, and record it by the API's own use-case."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Literal, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError

from app.access.unit_of_work import UnitOfWork
from app.kit.errors import Problem
from app.kit.field_types import ExternalRef
from app.kit.validation import error_sentence
from app.spreadsheets.cells import items
from app.spreadsheets.dates import UnreadableTime
from app.spreadsheets.escaping import unescape
from app.spreadsheets.file_reader import Row
from app.spreadsheets.importable_tables import Path, Reference, Table
from app.spreadsheets.references import find, find_own, find_recruiters, recorded_ref
from app.spreadsheets.times import TimeFormat

Outcome = Literal["created", "changed", "unchanged"]
ColumnError = tuple[str | None, str, str]
"""An error of a row: the column (None for the whole row), a stable code, and a sentence for the user."""
Shape = TypeVar("Shape", bound=BaseModel)
MAX_ROW_ERRORS = 10
"""The maximum number of errors that are stored for one row."""

# Columns that an assessment writes, and the external reference, do not count as a change of the record.
_NOT_COMPARED = {"external_system", "external_id", "stage", "effective_stage", "stage_since", "in_progress", "court",
             "court_since", "policy_version", "rules_version", "assessed_at", "next_change_at", "event_sequence",
             "due_at", "claim", "attempts"}  # fmt: skip


class RowRefused(Exception):
    """Raised for a row that cannot be imported, with the errors of its columns."""

    def __init__(self, *errors: ColumnError) -> None:
        super().__init__(errors)
        self.errors = tuple(dict.fromkeys(errors))[:MAX_ROW_ERRORS]


class RowImporter:
    """The importer of the rows of one batch. It caches the records to which rows refer, for one transaction."""

    def __init__(self, work: UnitOfWork, table: Table, columns: Sequence[str], system: str, times: TimeFormat) -> None:
        self._work, self._table, self._columns, self._system, self._times = work, table, columns, system, times
        self._found: dict[tuple[str, str, str], UUID] = {}

    def import_row(self, row: Row) -> Outcome:
        """Import one row in a savepoint, completely or not at all. Raises RowRefused.

        Return the outcome: `created`, `changed` or `unchanged`.
        """
        if row.fault is not None:
            raise RowRefused(row.fault)
        cells = {name: text for name, cell in zip(self._columns, row.cells, strict=False) if (text := unescape(cell))}
        try:
            with self._work.conn.begin_nested():
                return self._record(cells)
        except Problem as problem:
            raise RowRefused(*self._problem_errors(problem, cells)) from problem

    def _record(self, cells: Mapping[str, str]) -> Outcome:
        work, table = self._work, self._table
        row_ref, body = self._row_ref(cells), self._body(cells)
        before = find(work, table.stored, row_ref.system, row_ref.id)
        ref = recorded_ref(work, table.stored, row_ref, before)
        _, created = table.put(work, ref, body)
        if created:
            return "created"
        after = find(work, table.stored, ref.system, ref.id)
        return "unchanged" if _compared(before) == _compared(after) else "changed"

    def _row_ref(self, cells: Mapping[str, str]) -> ExternalRef:
        values = {"system": cells.get("system", self._system).lower(), "id": cells.get("id")}
        return _validated(ExternalRef, values, {("system",): "system", ("id",): "id"})

    def _body(self, cells: Mapping[str, str]) -> Any:
        values: dict[str, Any] = {}
        unreadable: dict[str | None, ColumnError] = {}
        for column in self._table.columns:
            if column.name not in cells:
                continue
            *outer, last = column.field_path
            inner = values
            for step in outer:
                inner = inner.setdefault(step, {})
            try:
                inner[last] = column.kind.read(cells[column.name], self._times)
            except UnreadableTime as error:
                inner[last] = cells[column.name]
                unreadable[column.name] = (column.name, error.code, error.detail[:500])
        errors: list[ColumnError] = []
        for field, resolve in self._references(cells):
            try:
                values[field] = resolve()
            except RowRefused as refused:
                errors += refused.errors
        if errors:
            raise RowRefused(*unreadable.values(), *errors)
        columns_by_path = {column.field_path: column.name for column in self._table.columns}
        try:
            body = _validated(self._table.shape, values, columns_by_path | self._reference_columns(cells))
        except RowRefused as refused:
            raise RowRefused(*(unreadable.get(error[0], error) for error in refused.errors)) from None
        if unreadable:
            raise RowRefused(*unreadable.values())
        return body

    def _references(self, cells: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        """Yield each reference field that the row fills or must fill, with a function that returns the record's id."""
        for reference in self._table.references:
            if cells.keys() & {reference.name, reference.id} or reference.required:
                resolve = self._resolve_many if reference.many else self._resolve_one
                yield reference.field, partial(resolve, reference, cells)
        if self._table.takes_recruiter and cells.keys() & {"recruiter", "recruiter_id"}:
            yield "recruiter_id", lambda: self._recruiter(cells)

    def _resolve_one(self, reference: Reference, cells: Mapping[str, str]) -> UUID:
        if reference.name in cells and reference.id in cells:
            raise RowRefused((reference.id, "named_twice", f"Fill either {reference.name} or {reference.id}."))
        if reference.id in cells:
            return self._by_own_id(reference, cells[reference.id])
        if reference.name not in cells:
            raise RowRefused((reference.name, "missing", "This must be filled."))
        return self._by_external_id(reference, self._system_of(reference, cells), cells[reference.name])

    def _resolve_many(self, reference: Reference, cells: Mapping[str, str]) -> list[UUID]:
        names, systems = items(cells.get(reference.name, "")), items(cells.get(reference.system, "").lower())
        if len(systems) not in (0, 1, len(names)):
            detail = f"Name one system for all of {reference.name}, or as many as there are ids."
            raise RowRefused((reference.system, "invalid", detail))
        if len(systems) != len(names):
            systems = (systems or [self._row_system(cells)]) * len(names)
        own = [self._by_own_id(reference, id) for id in items(cells.get(reference.id, ""))]
        return own + [self._by_external_id(reference, system, id) for system, id in zip(systems, names, strict=True)]

    def _row_system(self, cells: Mapping[str, str]) -> str:
        return cells.get("system", self._system).lower()

    def _system_of(self, reference: Reference, cells: Mapping[str, str]) -> str:
        return cells[reference.system].lower() if reference.system in cells else self._row_system(cells)

    def _by_external_id(self, reference: Reference, system: str, id: str) -> UUID:
        key = (reference.table.name, system, id)
        if key not in self._found:
            row = find(self._work, reference.table, system, id)
            if row is None:
                raise _not_found(reference.table, reference.name, f" that {system[:40]} calls by this id")
            self._found[key] = row["id"]
        return self._found[key]

    def _by_own_id(self, reference: Reference, text: str) -> UUID:
        try:
            row = find_own(self._work, reference.table, UUID(text))
        except ValueError:
            raise RowRefused((reference.id, "invalid", "This must be an id of Keepwarm's (a UUID).")) from None
        if row is None:
            raise _not_found(reference.table, reference.id)
        own: UUID = row["id"]
        return own

    def _recruiter(self, cells: Mapping[str, str]) -> Any:
        if "recruiter_id" in cells:
            return cells["recruiter_id"]
        found = find_recruiters(self._work, cells["recruiter"])
        if len(found) > 1:
            raise RowRefused(("recruiter", "ambiguous", "Several recruiters match. Write an email address or an id."))
        if not found:
            raise RowRefused(("recruiter", "not_found", "There is no such recruiter. Add them first."))
        return found[0]

    def _reference_columns(self, cells: Mapping[str, str]) -> dict[Path, str]:
        """Return a mapping from the path of each reference field to the column in which the row has the reference."""
        columns_by_path: dict[Path, str] = {
            (one.field,): one.id if one.id in cells and one.name not in cells else one.name
            for one in self._table.references
        }
        recruiter = "recruiter_id" if "recruiter_id" in cells else "recruiter"
        return columns_by_path | ({("recruiter_id",): recruiter} if self._table.takes_recruiter else {})

    def _problem_errors(self, problem: Problem, cells: Mapping[str, str]) -> Iterator[ColumnError]:
        """Yield the errors of a use-case, with the column of the file in place of the JSON pointer."""
        columns_by_path = {column.field_path: column.name for column in self._table.columns} | self._reference_columns(
            cells
        )
        pointers = [(error["pointer"], error["detail"]) for error in problem.errors] or [("", problem.detail)]
        for pointer, detail in pointers:
            yield _column_of(tuple(pointer.split("/")[1:]), columns_by_path), problem.code, detail[:500]


def _validated(shape: type[Shape], values: Mapping[str, Any], columns_by_path: Mapping[Path, str]) -> Shape:
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        raise RowRefused(*_validation_errors(error, columns_by_path)) from None


def _compared(row: sa.RowMapping | None) -> dict[Any, Any]:
    return {name: value for name, value in (row or {}).items() if name not in _NOT_COMPARED}


def _not_found(table: sa.Table, column: str, how: str = "") -> RowRefused:
    return RowRefused((column, "not_found", f"There is no {table.name.replace('_', ' ')}{how}."))


def _validation_errors(error: ValidationError, columns_by_path: Mapping[Path, str]) -> Iterator[ColumnError]:
    for found in error.errors(include_url=False, include_input=False):
        missing = found["type"] == "missing" or (found["type"] == "string_type" and found["loc"] == ("id",))
        detail = "This must be filled." if missing else error_sentence(found)
        code = "missing" if missing else "invalid"
        yield _column_of(tuple(str(step) for step in found["loc"]), columns_by_path), code, detail[:500]


def _column_of(path: Path, columns_by_path: Mapping[Path, str]) -> str | None:
    return next((name for length in range(len(path), 0, -1) if (name := columns_by_path.get(path[:length]))), None)
