"""External references: one object in JSON, two columns in a row; and SELECTs by reference."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError

from app.kit.errors import DamagedRecord, invalid, not_found
from app.kit.field_types import ExternalRef, In
from app.kit.pagination import Page

Shape = TypeVar("Shape", bound=BaseModel)


def row_to_model(model: type[Shape], row: Mapping[Any, Any]) -> Shape:
    """Return a response model from a row with an external reference. Raises DamagedRecord if the row does not fit the
    model."""
    values = {name: row[name] for name in model.model_fields if name in row}
    if "external_ref" in model.model_fields:
        system, id = row["external_system"], row["external_id"]
        values["external_ref"] = None if system is None else {"system": system, "id": id}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        fields = sorted({str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"]})
        raise DamagedRecord(model.__name__, row.get("id"), fields) from error


def ref_to_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a body as columns: `external_ref` becomes `external_system` and `external_id`."""
    row = dict(values)
    if "external_ref" in row:
        ref = row.pop("external_ref")
        ref = ref.model_dump() if isinstance(ref, BaseModel) else ref
        row["external_system"], row["external_id"] = (ref["system"], ref["id"]) if ref else (None, None)
    return row


def by_ref(table: sa.Table, agency_id: UUID, ref: ExternalRef) -> sa.Select[Any]:
    """Return the SELECT of an agency's row by its external reference."""
    return sa.select(table).where(
        table.c.agency_id == agency_id, table.c.external_system == ref.system, table.c.external_id == ref.id
    )


def check_filters(
    conn: sa.Connection, agency_id: UUID, page: Page[Any], **filters: tuple[sa.Table, UUID | None]
) -> None:
    """Raise 404 for the first filter of a list that names no record of the agency; each has its table.

    Only an empty page is looked into: where something was found, every record that the filters name is there.
    """
    for name, (table, id) in filters.items():
        if id is None or page.items:
            continue
        found = sa.select(table.c.id).where(table.c.agency_id == agency_id, table.c.id == id)
        if conn.execute(found).one_or_none() is None:
            raise not_found(table.name.replace("_", " "), f"/query/{name}")


def body_with_path_ref(ref: ExternalRef, body: In) -> dict[str, Any]:
    """Return a PUT body with the external reference of its path. Raises 422 if the body names a different reference."""
    values = body.model_dump()
    if values.get("external_ref") not in (None, ref.model_dump()):
        raise invalid("/external_ref", "`external_ref` differs from the reference in the address; leave it out.")
    return values | {"external_ref": ref.model_dump()}
