"""Parents by reference: a body names a record by its id, or by what another system calls it.

A field whose type is `Annotated[Id, Refers("organisation")]` may be given under its name without `_id` as
`{"system": …, "id": …}`. The reference stands in the field until `resolve_refs` replaces it, in the transaction of the
use-case: use-cases see ids alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self, TypeVar, get_args, get_origin
from urllib.parse import quote
from uuid import UUID

import sqlalchemy as sa
from pydantic import (
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from app.kit.db import metadata
from app.kit.errors import Problem
from app.kit.field_types import ExternalRef, In

Body = TypeVar("Body", bound="Referring")
_REF, _REFS = TypeAdapter(ExternalRef), TypeAdapter(list[ExternalRef])


@dataclass(frozen=True, slots=True)
class Refers:
    """Annotation of a field that holds a record's id. `kind` is the name of the record's table."""

    kind: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema of an id, which accepts a reference."""
        return core_schema.no_info_wrap_validator_function(
            lambda value, read: value if isinstance(value, Unresolved) else read(value), handler(source)
        )


@dataclass(frozen=True, slots=True)
class Unresolved:
    """An external reference that was given instead of an id, with its position in the body."""

    ref: ExternalRef
    pointer: str


@dataclass(frozen=True, slots=True)
class Parent:
    """A field that refers to a record, or to several: its name, and the name that takes a reference instead."""

    name: str
    kind: str
    many: bool
    nullable: bool
    required: bool

    @property
    def by_ref(self) -> str:
        """The name of the field for an external reference: `job` for `job_id`; a name without `_id` serves for both."""
        if self.many:
            return self.name.removesuffix("_ids") + "s"
        return self.name.removesuffix("_id")

    def read(self, value: Any) -> Any:
        """Return the references of a field. Raises ValidationError with positions inside the value."""
        if value is None and self.nullable:
            return None
        if self.many:
            refs = _REFS.validate_python(value)
            return [Unresolved(ref, f"/{self.by_ref}/{place}") for place, ref in enumerate(refs)]
        return Unresolved(_REF.validate_python(value), f"/{self.by_ref}")


class Referring(In):
    """A body that names other records, each by its id or by reference, never by both."""

    parents: ClassVar[Mapping[str, Parent]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Collect the fields that refer to a record."""
        super().__pydantic_init_subclass__(**kwargs)
        found = ((name, field, _mark(field)) for name, field in cls.model_fields.items())
        cls.parents = {
            name: Parent(
                name,
                mark.kind,
                many=_is_list(field.annotation),
                nullable=_is_nullable(field.annotation) and not _is_list(field.annotation),
                required=field.is_required(),
            )
            for name, field, mark in found
            if mark is not None
        }

    @model_validator(mode="wrap")
    @classmethod
    def _with_references(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(data, dict):
            return handler(data)
        values, errors, used = dict(data), list[InitErrorDetails](), dict[str, str]()
        for parent in cls.parents.values():
            errors += _move_refs(parent, values, used)
        try:
            body = handler(values)
        except ValidationError as error:
            errors += (cls._explained(one, used) for one in error.errors(include_url=False))
            raise ValidationError.from_exception_data(cls.__name__, errors) from None
        if errors:
            raise ValidationError.from_exception_data(cls.__name__, errors)
        return body

    @classmethod
    def _explained(cls, error: Any, used: Mapping[str, str]) -> InitErrorDetails:
        """Return a validation error at the field name that the client sent."""
        first, *rest = error["loc"] or ("",)
        parent = cls.parents.get(first)
        loc = (used.get(first, first), *rest) if error["loc"] else ()
        if parent is not None and not rest and error["type"] == "missing" and parent.by_ref != parent.name:
            text = f"Name the {_kind_words(parent.kind)}: give {parent.name}, or {parent.by_ref} with system and id."
            return _error(loc, text, error["input"])
        return _relocated_error(error, loc)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the schema with both names of each parent, of which a body has one."""
        schema = handler(core_schema)
        body = handler.resolve_ref_schema(schema)
        if not cls.parents:
            return schema
        reference = handler(ExternalRef.__pydantic_core_schema__)
        properties: dict[str, Any] = {}
        rules: list[dict[str, Any]] = []
        for name, inner in body["properties"].items():
            properties[name] = inner
            if (parent := cls.parents.get(name)) is None:
                continue
            if parent.by_ref == name:
                inner["anyOf"].insert(1, dict(reference))
                continue
            properties[parent.by_ref] = _shape(parent, reference, inner)
            either = [{"required": [name]}, {"required": [parent.by_ref]}]
            rules.append({"oneOf": either} if parent.required else {"not": {"required": [name, parent.by_ref]}})
        body["properties"] = properties
        body["required"] = [name for name in body.get("required", ()) if name not in cls.parents]
        if not body["required"]:
            del body["required"]
        if rules:
            body["allOf"] = rules
        return schema


def resolve_refs(conn: sa.Connection, agency_id: UUID, body: Body) -> Body:
    """Return the body with ids in place of its references. Raises 404 that names every one that is unknown."""
    found: dict[str, Any] = {}
    missing: list[dict[str, str]] = []
    for parent in body.parents.values():
        value = getattr(body, parent.name)
        if isinstance(value, list) and any(isinstance(one, Unresolved) for one in value):
            found[parent.name] = [_id_of(conn, agency_id, parent, one, missing) for one in value]
        elif isinstance(value, Unresolved):
            found[parent.name] = _id_of(conn, agency_id, parent, value, missing)
    if missing:
        raise Problem(404, "not_found", missing[0]["detail"], errors=missing)
    return body.model_copy(update=found) if found else body


def point_at_sent_names(problem: Problem, body: Referring) -> Problem:
    """Return the problem of a resolved body with pointers to the field names that the client sent."""
    for parent in body.parents.values():
        value = getattr(body, parent.name)
        first = next(iter(value), None) if isinstance(value, list) else value
        if isinstance(first, Unresolved):
            for place, error in enumerate(problem.errors):
                if error["pointer"] == f"/{parent.name}":
                    problem.errors[place] = {**error, "pointer": f"/{parent.by_ref}"}
    return problem


def _id_of(
    conn: sa.Connection, agency_id: UUID, parent: Parent, named: Unresolved, missing: list[dict[str, str]]
) -> UUID | None:
    columns, ref = metadata.tables[parent.kind].c, named.ref
    statement = sa.select(columns.id).where(
        columns.agency_id == agency_id, columns.external_system == ref.system, columns.external_id == ref.id
    )
    id: UUID | None = conn.scalar(statement)
    if id is None:
        address = f"/v1/{parent.kind.replace('_', '-')}s/by-ref/{ref.system}/{quote(ref.id, safe='')}"
        what = f"There is no {_kind_words(parent.kind)} that {ref.system} calls {ref.id}."
        what += f" Record it first with `PUT {address}`."
        missing.append({"pointer": named.pointer, "detail": what})
    return id


def _move_refs(parent: Parent, values: dict[str, Any], used: dict[str, str]) -> Iterator[InitErrorDetails]:
    """Move external references from their field (`job`) to that of the id (`job_id`). Yield validation errors."""
    other = parent.by_ref
    if other not in values or (other == parent.name and not isinstance(values[other], Mapping)):
        return
    value = values.pop(other)
    if parent.name in values:
        yield _error((other,), f"Give either {parent.name} or {other}, not both.", value)
        return
    try:
        values[parent.name] = parent.read(value)
    except ValidationError as error:
        values[parent.name] = [] if parent.many else Unresolved(ExternalRef.model_construct(system="", id=""), "")
        for one in error.errors(include_url=False):
            yield _relocated_error(one, (other, *one["loc"]))
    used[parent.name] = other


def _error(loc: tuple[int | str, ...], text: str, value: Any) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError("value_error", "{error}", {"error": text}), loc=loc, input=value)


def _relocated_error(error: Any, loc: tuple[int | str, ...]) -> InitErrorDetails:
    """Return a validation error at another position in the body, with the same context."""
    type = PydanticCustomError(error["type"], error["msg"], error.get("ctx"))
    return InitErrorDetails(type=type, loc=loc, input=error["input"])


def _shape(parent: Parent, reference: Mapping[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of the field that takes external references."""
    what = f"The {_kind_words(parent.kind)} by what another system calls it, instead of `{parent.name}`."
    if parent.many:
        limits = {name: ids[name] for name in ("maxItems",) if name in ids}
        what = f"The {_kind_words(parent.kind)}s by what another system calls each, instead of `{parent.name}`."
        return {"type": "array", "items": dict(reference), **limits, "description": what}
    if parent.nullable:
        return {"anyOf": [dict(reference), {"type": "null"}], "description": what}
    return {**reference, "description": what}


def _kind_words(kind: str) -> str:
    return kind.replace("_", " ")


def _mark(field: Any) -> Refers | None:
    """Return the `Refers` annotation of a field, also inside a list or an optional type; None without one."""
    return next((one for one in [*field.metadata, *_marks(field.annotation)] if isinstance(one, Refers)), None)


def _marks(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    for inner in get_args(annotation):
        yield from _marks(inner)


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is list or any(_is_list(one) for one in get_args(annotation))


def _is_nullable(annotation: Any) -> bool:
    return type(None) in get_args(annotation)
