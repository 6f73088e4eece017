"""The client of Bullhorn's API: the fields of each entity, and histories, attendees and whole lists.

An error must not be read as an empty answer. Bullhorn answers 404 both for missing entities and for unknown fields [V:
entity, search, query], and an error is in `errorMessage` [V: sdk-rest, AbstractCrudResponse].
"""

from collections.abc import Mapping
from typing import Any

from app.connectors.canonical_records import Kind
from app.connectors.contract import ApiError, ApiExchange, ApiRequest, ApiResponse
from app.connectors.parsing import id_text, mapping, one_line, sequence, value_at
from app.connectors.toolkit import whole_id

COMPANY = "id,name,dateLastModified"
PERSON = "id,name,firstName,lastName,email,phone,mobile,isDeleted,dateLastModified"
CONTACT = f"{PERSON},clientCorporation({COMPANY})"
JOB = (
    "id,title,isOpen,status,dateClosed,isDeleted,dateLastModified,"
    f"clientCorporation({COMPANY}),clientContact({CONTACT})"
)
_ABOUT = f"candidate({PERSON}),jobOrder({JOB})"
_TIMES = "isDeleted,dateAdded,dateLastModified"

# One request fetches the entities that another refers to: to-one associations can be nested, to-many ones stand at the
# top.
FIELDS: Mapping[str, str] = {
    "ClientCorporation": COMPANY,
    "ClientContact": CONTACT,
    "Candidate": PERSON,
    "JobOrder": JOB,
    "JobSubmission": f"id,status,{_TIMES},sendingUser(id,email),{_ABOUT}",
    "Appointment": f"id,type,subject,communicationMethod,isPrivate,dateBegin,dateEnd,{_TIMES},parentAppointment(id),"
    f"candidateReference({PERSON}),clientContactReference(id),jobOrder({JOB})",
    "Note": f"id,action,comments,externalID,{_TIMES},personReference({PERSON}),candidates({PERSON}),"
    f"clientContacts(id),jobOrder({JOB}),jobOrders(id)",
    "Placement": f"id,status,dateBegin,dateAdded,dateLastModified,jobSubmission(id),{_ABOUT}",
}
"""The fields that are fetched, by the name of the Bullhorn entity."""
REFERENCE = (
    f"id,status,{_TIMES},candidate({PERSON}),jobOrder,referenceFirstName,referenceLastName,referenceEmail,"
    "referencePhone,referenceClientContact(id)"
)
"""The fields of a CandidateReference, which is polled: older event subscriptions do not name it."""

TO_MANY: Mapping[str, str] = {"candidates": PERSON, "clientContacts": "id", "jobOrders": "id"}
"""The to-many associations of a note. An answer may hold fewer of them than `total` says [V: entity, to-many]."""

KINDS: Mapping[str, Kind] = {
    "ClientCorporation": "organisation",
    "ClientContact": "client_contact",
    "Candidate": "candidate",
    "JobOrder": "job",
    "JobSubmission": "application",
    "Appointment": "interview",
    "Note": "activity",
}

Row = Mapping[str, Any]
_MAX_ROWS = 500
"""The largest number of rows that one request asks for."""
_UNREADABLE = (400, 403, 404)
"""The HTTP statuses of a user who may not read an optional detail."""


def rows_of(response: ApiResponse, what: str) -> list[Row]:
    """Return the rows of the answer to a Bullhorn search or query. Raise ApiError if the answer is no list of rows."""
    refuse_errors(response, what)
    data, total = value_at(response.document, "data"), value_at(response.document, "total")
    if not isinstance(data, list):
        raise ApiError(f"Bullhorn's answer to {what} holds no list of records.")
    if not data and isinstance(total, int) and total > 0:
        raise ApiError(f"Bullhorn has {total} records for {what} and shows none: check what the API user may read.")
    return [row for row in data if mapping(row)]


def refuse_errors(response: ApiResponse, what: str) -> None:
    """Raise ApiError if an answer with a success status reports an error in its body."""
    if said := one_line(value_at(response.document, "errorMessage"), 300):
        raise ApiError(f"Bullhorn answers {what} with an error: {said}")


def fetched(entity: str, id: str, fields: str) -> ApiExchange[Row]:
    """Fetch a Bullhorn entity. Return an empty mapping if there is none. Raise ApiError if the entity exists but
    Bullhorn rejects the requested fields.
    """
    response = yield ApiRequest(f"entity/{entity}/{id}", {"fields": fields})
    if not response.ok:
        there = yield ApiRequest(f"entity/{entity}/{id}", {"fields": "id"})
        if there.ok and _entity(there):
            raise ApiError(f"Bullhorn has {entity} {id} and refuses the fields that Keepwarm reads of it.")
        return {}
    refuse_errors(response, f"entity/{entity}")
    return _entity(response)


def _entity(response: ApiResponse) -> Row:
    return mapping(value_at(response.document, "data")) or mapping(response.document)


def add_history(rows: list[Row]) -> ApiExchange[list[Row]]:
    """Return Bullhorn submissions with their status histories, if this user may read histories. Only a history says
    when a status began.
    """
    query = {"fields": "id,status,dateAdded,jobSubmission(id)", "orderBy": "-id"}
    return (yield from _with(rows, "JobSubmissionHistory", "jobSubmission", query, "history"))


def add_attendees(rows: list[Row]) -> ApiExchange[list[Row]]:
    """Return Bullhorn appointments with their attendees and the answers to the invitation, if this user may
    read them.
    """
    query = {"fields": f"id,acceptanceStatus,appointment(id),attendee({PERSON})", "orderBy": "id"}
    return (yield from _with(rows, "AppointmentAttendee", "appointment", query, "attendees"))


def _with(rows: list[Row], entity: str, of: str, query: Mapping[str, str], name: str) -> ApiExchange[list[Row]]:
    ids = [id for row in rows if (id := whole_id(row.get("id")))]
    if not ids:
        return rows
    where = {"where": f"{of}.id IN ({','.join(ids)})", "count": str(_MAX_ROWS)}
    response = yield ApiRequest(f"query/{entity}", {**where, **query}, expects=_UNREADABLE)
    found = (
        [(id_text(value_at(one, of, "id")), one) for one in sequence(value_at(response.document, "data"))]
        if response.ok
        else []
    )
    return [{**row, name: [one for whose, one in found if whose == id_text(row.get("id"))]} for row in rows]


def with_whole_lists(note: Row) -> ApiExchange[Row]:
    """Return a Bullhorn note with all of its candidates, contacts and jobs. Fetch those that the first answer
    left out.
    """
    id = whole_id(note.get("id"))
    for many, fields in TO_MANY.items():
        total, shown = value_at(note, many, "total"), sequence(value_at(note, many, "data"))
        if id and isinstance(total, int) and total > len(shown):
            response = yield ApiRequest(
                f"entity/Note/{id}/{many}", {"fields": fields, "count": str(_MAX_ROWS)}, expects=_UNREADABLE
            )
            whole = sequence(value_at(response.document, "data")) if response.ok else ()
            note = {**note, many: {"total": total, "data": list(whole) or list(shown)}}
    return note
