"""The supported part of Bullhorn's two query languages and of its field lists; the rest is a 400."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

Row = Mapping[str, Any]
Look = Callable[[str, int], Row | None]
"""A row by its entity and id."""

TO_ONE = {
    "candidate": ("Candidate",),
    "candidateReference": ("Candidate",),
    "clientContact": ("ClientContact",),
    "clientContactReference": ("ClientContact",),
    "appointment": ("Appointment",),
    "attendee": ("Candidate", "ClientContact", "CorporateUser"),
    "clientCorporation": ("ClientCorporation",),
    "jobOrder": ("JobOrder",),
    "jobSubmission": ("JobSubmission",),
    "parentAppointment": ("Appointment",),
    "referenceClientContact": ("ClientContact",),
    "personReference": ("Candidate", "ClientContact"),
    "commentingPerson": ("CorporateUser",),
    "sendingUser": ("CorporateUser",),
    "owner": ("CorporateUser",),
}
TO_MANY = {"candidates": "Candidate", "clientContacts": "ClientContact", "jobOrders": "JobOrder"}
MAX_NESTED_ROWS = 5
"""How many of a to-many association come with their entity; `total` counts them all."""
_NOTES = {
    "noteID": "id",
    "userID": "personReference.id",
    "externalID": "",
    "isDeleted": "",
    "dateAdded": "",
    "action": "",
}
"""The index of notes has fields of its own: bullhorn/sdk-rest, testdata/rest/searchfields/note-searchfields.txt."""


class BadRequestError(Exception):
    """A query that Bullhorn answers with a 400."""


def shown(row: Row, fields: str, look: Look, columns: set[str], *, top: bool = True) -> dict[str, Any]:
    """The row with the fields asked for, associations and all. Raises BadRequestError for one that there is not."""
    document: dict[str, Any] = {"id": row["id"]}
    for name, inside in _split(fields):
        if top and name not in columns | {"id"}:
            raise BadRequestError(f"unknown field {name}")
        value = row.get(name)
        if name in TO_MANY:
            if not top:
                raise BadRequestError("to-many association fields only appear at the top level")
            found = [other for id in value or () if (other := look(TO_MANY[name], id))]
            rows = [shown(other, inside or "id", look, set(), top=False) for other in found[:MAX_NESTED_ROWS]]
            document[name] = {"total": len(found), "data": rows}
        elif name in TO_ONE and value is not None:
            document[name] = _associated(name, value["id"], inside, look)
        else:
            document[name] = value
    return document


def _associated(name: str, id: int, inside: str, look: Look) -> dict[str, Any] | None:
    for entity in TO_ONE[name]:
        if (other := look(entity, id)) is not None:
            found = shown(other, inside or "id", look, set(), top=False)
            return {**found, "_subtype": entity} if name in ("personReference", "attendee") else found
    return None


def _split(fields: str) -> Iterator[tuple[str, str]]:
    """`a,b(c,d(e))` as (`a`, ``) and (`b`, `c,d(e)`)."""
    deep, part = 0, ""
    for letter in f"{fields},":
        deep += (letter == "(") - (letter == ")")
        if letter == "," and not deep:
            name, _, inside = part.partition("(")
            yield name.strip(), inside[:-1]
            part = ""
        else:
            part += letter
    if deep:
        raise BadRequestError("the field list does not close")


def indexed(entity: str, row: Row) -> Row:
    """A row as the index of its entity has it."""
    return {field: _value(row, of or field) for field, of in _NOTES.items()} if entity == "Note" else row


def matches(clause: str, row: Row) -> bool:
    """Return whether a row matches `where` (JPQL) or `query` (Lucene)."""
    return all(any(_one(either, row) for either in _apart(part, " OR ")) for part in _apart(clause, " AND "))


def _apart(clause: str, word: str) -> list[str]:
    clause = clause.strip()
    if clause.startswith("(") and clause.endswith(")"):
        clause = clause[1:-1]
    deep, parts, start = 0, [], 0
    for place, letter in enumerate(clause):
        deep += (letter == "(") - (letter == ")")
        if not deep and clause.startswith(word, place):
            parts.append(clause[start:place])
            start = place + len(word)
    return [*parts, clause[start:]]


_JPQL = re.compile(r"([\w.]+)\s*(>=|<=|=|>|<)\s*(\d+|true|false)")
_IN = re.compile(r"([\w.]+) IN \(([\d,]+)\)")
_TERM = re.compile(r'([\w.]+):"?([\w-]+)"?')
_RANGE = re.compile(r"([\w.]+):\[(\d+) TO \*\]")


def _one(clause: str, row: Row) -> bool:
    if found := _JPQL.fullmatch(clause):
        value, other = _value(row, found[1]), _literal(found[3])
        return value is not None and {
            "=": value == other, ">": value > other, "<": value < other, ">=": value >= other, "<=": value <= other,
        }[found[2]]  # fmt: skip
    if found := _IN.fullmatch(clause):
        return _value(row, found[1]) in {int(id) for id in found[2].split(",")}
    if found := _RANGE.fullmatch(clause):
        value, least = _value(row, found[1]), found[2]
        if value is None:
            return False
        if len(least) == 14:
            return bool(value >= datetime.strptime(least, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp() * 1000)
        return bool(value >= int(least))
    if found := _TERM.fullmatch(clause):
        value = _value(row, found[1])
        return str(value).lower() == found[2].lower()
    raise BadRequestError(f"cannot be parsed: {clause}")


def _literal(text: str) -> Any:
    return {"true": True, "false": False}.get(text) if text in {"true", "false"} else int(text)


def _value(row: Row, path: str) -> Any:
    value: Any = row
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
