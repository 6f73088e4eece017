# ruff: noqa: SLF001  SQLAlchemy has no public names for the conditions and the sources of a statement
"""Guard against a forgotten filter: a statement that reads another agency's rows does not compile.

Every table with an `agency_id` (and `agency` itself) must be bound: its agency equals a parameter, or the agency of
something that is bound. The check runs when SQLAlchemy compiles a statement; a cached statement costs nothing more.

It assumes that a parameter compared with an agency is the caller's agency. It also assumes that every unique key
begins with `agency_id`: ON CONFLICT then only finds rows of the inserted row's agency.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import operators
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.cache_key import HasCacheKey
from sqlalchemy.sql.elements import (
    BindParameter,
    BooleanClauseList,
    ClauseElement,
    ClauseList,
    ColumnClause,
    Grouping,
    Label,
    TypeCoerce,
)
from sqlalchemy.sql.selectable import AliasedReturnsRows, FromGrouping, Join, SelectStatementGrouping, TextualSelect
from sqlalchemy.sql.visitors import InternalTraversal

_HARMLESS = re.compile(r"(\w+ IS (NOT )?NULL( AND )?)+|'\w*'|\d+|\*")
"""Textual fragments that need no mark: they name no table and hold no OR."""


class UnboundAgencyError(sa.exc.CompileError):
    """Raised for a statement that may read or write rows of another agency."""


@dataclass(eq=False)  # SQLAlchemy copies it with its statement
class Mark(HasCacheKey, ExecutableOption):
    """A statement option; it is part of the statement's cache key, so that an unmarked twin is checked by itself."""

    kind: str
    reason: str
    _cache_key_traversal = [("kind", InternalTraversal.dp_string), ("reason", InternalTraversal.dp_string)]
    _is_has_cache_key = True

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("A mark needs a reason.")


def across_agencies(reason: str) -> Mark:
    """Mark a statement that reads every agency: `statement.options(across_agencies("…"))`.

    Its first table is free; every other one must still be joined to it by the agency.
    """
    return Mark("across", reason)


def bound_by_hand(reason: str) -> Mark:
    """Mark textual SQL, which the guard cannot read; the reason says how it keeps agencies apart."""
    return Mark("textual", reason)


def install(dialect: Dialect) -> None:
    """Make this dialect refuse to compile statements that `check` rejects."""
    compiler: Any = dialect.statement_compiler

    class Guarded(compiler):  # type: ignore[misc]
        """The dialect's compiler, which runs `check` on each statement first."""

        def __init__(self, dialect: Dialect, statement: ClauseElement | None, *rest: Any, **kw: Any) -> None:
            if statement is not None:
                check(statement)
            super().__init__(dialect, statement, *rest, **kw)

    dialect.statement_compiler = Guarded


def check(statement: ClauseElement) -> None:
    """Raise UnboundAgencyError if a table of the statement is not bound to an agency."""
    reader = _Reader()
    reader.read(statement)
    if reader.faults:
        found = "; ".join(dict.fromkeys(reader.faults))
        raise UnboundAgencyError(f"{found}. Compare its agency, or mark the statement with across_agencies(…).")


def agency_column(table: sa.FromClause) -> Any:
    """Return the column with the agency of a table's rows; None for a table that belongs to no agency."""
    columns: Any = table.c
    if isinstance(table, sa.Alias):
        inner = agency_column(table.element)
        return None if inner is None else columns[inner.key]
    if not isinstance(table, sa.Table):
        return None
    return columns.id if table.name == "agency" else columns.get("agency_id")


@dataclass
class _Scope:
    """The sources of one SELECT, UPDATE or DELETE, and which of their columns are bound to a parameter."""

    outer: "_Scope | None"
    sources: list[sa.FromClause] = field(default_factory=list)
    bound: set[Any] = field(default_factory=set)

    def around(self) -> "Iterator[_Scope]":
        """Yield this scope and the scopes around it, the nearest first."""
        yield self
        if self.outer is not None:
            yield from self.outer.around()


@dataclass(frozen=True, slots=True)
class _Condition:
    """A condition that holds for every row of its targets, or of all sources.

    An outer join's says nothing of the rows of its left side, a full join's nothing at all.
    """

    clause: ClauseElement
    targets: Sequence[sa.FromClause] | None = None


_Exports = Mapping[str, bool]
"""The columns of a subquery by their keys: whether each is bound."""


class _Reader:
    """Reads one statement with everything inside it and collects its faults.

    While a scope is not solved yet, what a condition compares with is read by a reader of its own: its faults may end.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._exports: dict[Any, _Exports] = {}

    def read(self, statement: Any, outer: _Scope | None = None, *, is_source: bool = False) -> _Exports:
        """Check a statement or a subquery. Return which columns of its result are bound to the agency."""
        for cte in getattr(statement, "_independent_ctes", ()):
            self._read_source(cte)
        match statement:
            case sa.Select():
                return self._read_select(statement, outer, is_source=is_source)
            case sa.CompoundSelect():
                parts = [list(self.read(one, outer, is_source=is_source).values()) for one in statement.selects]
                self._walk(_clauses(statement), outer or _Scope(None))
                keys = statement.exported_columns.keys()
                return dict(zip(keys, map(all, zip(*parts, strict=True)), strict=False))
            case SelectStatementGrouping():
                return self.read(statement.element, outer, is_source=is_source)
            case TextualSelect():
                self.read(statement.element, outer)
                return dict.fromkeys(statement.exported_columns.keys(), True)
            case sa.TextClause():
                if not _marks(statement):
                    self.faults.append(f"Textual SQL without a mark (bound_by_hand): {statement.text[:60]}")
            case sa.Insert():
                self._read_insert(statement, outer)
            case sa.Update() | sa.Delete():
                self._read_change(statement, outer)
            case ClauseElement():
                self._walk([statement], outer or _Scope(None))
        return {}

    def _read_select(self, statement: Any, outer: _Scope | None, *, is_source: bool) -> _Exports:
        froms = _shown(statement, None if is_source else outer)
        scope = _Scope(None if is_source else outer)
        conditions = [_Condition(part) for clause in statement._where_criteria for part in _conjuncts(clause)]
        for one in froms:
            _flatten(one, scope.sources, conditions)
        self._solve(scope, conditions, free="across" in _marks(statement))
        self._walk([*_clauses(statement), *(one.clause for one in conditions)], scope)
        return {key: self._is_bound(column, scope) for key, column in statement.exported_columns.items()}

    def _read_insert(self, statement: Any, outer: _Scope | None) -> None:
        column = agency_column(statement.table)
        scope = _Scope(outer, [statement.table])
        if statement.select is not None:
            exports = list(self.read(statement.select, outer).values())
            given = dict(zip(statement._select_names, exports, strict=True))
            if column is not None and not given.get(column.key):
                self.faults.append(f"INSERT into {statement.table.name} takes the agency from something unbound")
        rows = [statement._values or {}, *(row for rows in statement._multi_values for row in _as_rows(rows))]
        for values in rows:
            for name, value in values.items():
                is_agency = column is not None and getattr(name, "key", name) == column.key
                if is_agency and isinstance(value, ClauseElement) and not self._is_bound(value, outer or _Scope(None)):
                    self.faults.append(f"INSERT into {statement.table.name} takes the agency from something unbound")
        self._walk(_clauses(statement), scope)
        if (conflict := statement._post_values_clause) is not None:
            self._walk(_conflict_clauses(conflict), scope)

    def _read_change(self, statement: Any, outer: _Scope | None) -> None:
        scope = _Scope(outer)
        conditions = [_Condition(part) for clause in statement._where_criteria for part in _conjuncts(clause)]
        values = getattr(statement, "_values", None) or dict(getattr(statement, "_maintain_values_ordering", ()) or ())
        _flatten(statement.table, scope.sources, conditions)
        for clause in [*statement._where_criteria, *values.values()]:
            for source in getattr(clause, "_from_objects", ()):
                if source not in scope.sources:
                    _flatten(source, scope.sources, conditions)
        column = agency_column(statement.table)
        if column is not None and any(getattr(name, "key", name) == column.key for name in values):
            self.faults.append(f"UPDATE of {statement.table.name} changes whose a row is")
        self._solve(scope, conditions, free="across" in _marks(statement))
        self._walk([*_clauses(statement), *values.values(), *(one.clause for one in conditions)], scope)

    def _solve(self, scope: _Scope, conditions: Sequence[_Condition], *, free: bool) -> None:
        """Find the bound columns of a scope; a source that needs an agency and has none is a fault."""
        for source in scope.sources:
            for key, is_bound in self._read_source(source, scope).items():
                if is_bound and key in source.c:
                    scope.bound.add(source.c[key])
        owned = {source: column for source in scope.sources if (column := agency_column(source)) is not None}
        if free and owned:
            scope.bound.add(next(iter(owned.values())))
        while sum(self._apply(scope, condition) for condition in conditions):
            pass
        for source, column in owned.items():
            if column not in scope.bound:
                table: Any = getattr(source, "element", source)
                self.faults.append(f"{table.name} is not bound to an agency")

    def _apply(self, scope: _Scope, condition: _Condition) -> bool:
        """Mark the columns that a condition binds to a parameter. Return True if one was not bound before."""
        before = len(scope.bound)
        clause = condition.clause
        if not isinstance(clause, sa.BinaryExpression):
            return False
        if clause.operator is operators.eq:
            for this, that in ((clause.left, clause.right), (clause.right, clause.left)):
                if self._is_bound(that, scope):
                    self._bind(scope, condition, this)
        elif clause.operator is operators.in_op:
            left = _bare(clause.left)
            columns = list(left.clauses) if isinstance(left, ClauseList) else [left]
            for column, is_bound in zip(columns, self._listed(clause.right, scope, len(columns)), strict=False):
                if is_bound:
                    self._bind(scope, condition, column)
        return len(scope.bound) > before

    def _listed(self, right: Any, scope: _Scope, width: int) -> list[bool]:
        """Return, for each column of the right side of an IN, whether its values are bound to the agency."""
        right = _bare(right)
        if isinstance(right, sa.ScalarSelect):
            right = right.element
        if isinstance(right, sa.SelectBase):
            return list(_Reader().read(right, scope).values())
        if isinstance(right, ClauseList):
            return [all(self._is_bound(one, scope) for one in right.clauses)] if width == 1 else []
        return [isinstance(right, BindParameter)] * width

    def _bind(self, scope: _Scope, condition: _Condition, column: Any) -> None:
        column = _bare(column)
        source = getattr(column, "table", None)
        if source in scope.sources and (condition.targets is None or source in condition.targets):
            scope.bound.add(column)

    def _is_bound(self, expression: Any, scope: _Scope) -> bool:
        expression = _bare(expression)
        if isinstance(expression, BindParameter):
            return True
        if isinstance(expression, sa.ScalarSelect):
            return all(_Reader().read(expression.element, scope).values())
        source = getattr(expression, "table", None)
        for one in scope.around():
            if source in one.sources:
                return expression in one.bound
        return False

    def _read_source(self, source: Any, scope: _Scope | None = None) -> _Exports:
        """Check a table or subquery in a FROM. Return its columns that are bound without a condition outside."""
        if source not in self._exports:
            self._exports[source] = {}  # a recursive CTE meets itself
            inner = getattr(source, "element", None)
            if isinstance(source, sa.Lateral):
                self._exports[source] = self.read(inner, scope)
            elif isinstance(inner, AliasedReturnsRows):
                self._exports[source] = self._read_source(inner)
            elif isinstance(source, AliasedReturnsRows) and not isinstance(inner, sa.Table):
                self._exports[source] = self.read(inner, is_source=True)
        return self._exports[source]

    def _walk(self, elements: Iterable[Any], scope: _Scope) -> None:
        """Check every subquery and every textual fragment inside expressions."""
        for element in elements:
            match element:
                case sa.SelectBase():
                    self.read(element, scope)
                case sa.TextClause():
                    if not _HARMLESS.fullmatch(element.text) and not _marks(element):
                        self.faults.append(f"Textual SQL without a mark (bound_by_hand): {element.text[:60]}")
                case ColumnClause():
                    if element.is_literal and not _HARMLESS.fullmatch(element.name):
                        self.faults.append(f"A literal column that is more than a literal: {element.name[:60]}")
                case sa.FromClause():
                    pass  # a table among the columns; it stands in FROM and was read there
                case ClauseElement():
                    self._walk(element.get_children(), scope)


def _marks(statement: Any) -> set[str]:
    return {option.kind for option in statement._with_options if isinstance(option, Mark)}


def _bare(expression: Any) -> Any:
    """Return a SQL expression without its labels, brackets and casts."""
    while True:
        if isinstance(expression, Label | Grouping | SelectStatementGrouping):
            expression = expression.element
        elif isinstance(expression, sa.Cast | TypeCoerce):
            expression = expression.clause
        else:
            return expression


def _conjuncts(clause: Any) -> Iterator[Any]:
    clause = clause.element if isinstance(clause, Grouping) else clause
    if isinstance(clause, BooleanClauseList) and clause.operator is operators.and_:
        for one in clause.clauses:
            yield from _conjuncts(one)
    else:
        yield clause


def _flatten(source: Any, sources: list[sa.FromClause], conditions: list[_Condition]) -> None:
    """Append the tables of a FROM, and the conditions of its joins with the tables that each holds for."""
    if isinstance(source, FromGrouping):
        return _flatten(source.element, sources, conditions)
    if not isinstance(source, Join):
        sources.append(source)
        return None
    _flatten(source.left, sources, conditions)
    right: list[sa.FromClause] = []
    _flatten(source.right, right, conditions)
    sources.extend(right)
    if source.onclause is not None:
        targets = [] if source.full else right if source.isouter else None
        conditions.extend(_Condition(part, targets) for part in _conjuncts(source.onclause))
    return None


def _shown(statement: Any, outer: _Scope | None) -> list[sa.FromClause]:
    """Return the sources in the FROM of a SELECT; a correlated one omits those of an enclosing SELECT."""
    # The public get_final_froms() would compile the statement once more, by a compiler that lacks our own functions.
    froms = list(statement._compile_state_factory(statement, None)._get_display_froms())
    if outer is None:
        return froms
    every = {source for scope in outer.around() for source in scope.sources}
    if statement._correlate:
        froms = [one for one in froms if one not in every or one not in statement._correlate]
    if statement._correlate_except is not None:
        froms = [one for one in froms if one not in every or one in statement._correlate_except]
    if statement._auto_correlate and len(froms) > 1:
        froms = [one for one in froms if one not in outer.sources]
    return froms


_PARTS = (
    *("_raw_columns", "_having_criteria", "_order_by_clauses", "_group_by_clauses", "_limit_clause"),
    *("_offset_clause", "_fetch_clause", "_distinct_on", "_returning", "_prefixes", "_suffixes", "_values"),
)


def _clauses(statement: Any) -> Iterator[Any]:
    """Yield the expressions of a statement other than its conditions."""
    for name in _PARTS:
        part = getattr(statement, name, None)
        for one in part.values() if isinstance(part, Mapping) else part if isinstance(part, Iterable) else (part,):
            yield one[0] if isinstance(one, tuple) else one


def _conflict_clauses(conflict: Any) -> Iterator[Any]:
    values = getattr(conflict, "update_values_to_set", None) or ()
    yield from (value for _, value in (values.items() if isinstance(values, Mapping) else values))
    yield from (getattr(conflict, name, None) for name in ("update_whereclause", "inferred_target_whereclause"))


def _as_rows(rows: Any) -> Iterator[Mapping[Any, Any]]:
    yield from (row for row in rows if isinstance(row, Mapping))
