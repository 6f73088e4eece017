"""The client of JobAdder's API. The JSON objects that an event concerns are fetched by the event's ids or by
its time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.connectors.contract import ApiError, ApiExchange, ApiRequest, ApiResponse, DatedEvent
from app.connectors.parsing import id_text, mapping, one_line, parse_instant, sequence, value_at


@dataclass(frozen=True, slots=True)
class Resource:
    """A collection of JobAdder's API: its path, the name of its id field, and its filter by id."""

    path: str
    field: str
    names: tuple[str, ...] = ()

    @property
    def filter(self) -> str:
        """The query parameter that filters by id."""
        return self.field[0].upper() + self.field[1:]


RESOURCES: Mapping[str, Resource] = {
    "companies": Resource("companies", "companyId"),
    "contacts": Resource("contacts", "contactId"),
    "candidates": Resource("candidates", "candidateId"),
    "jobs": Resource("jobs", "jobId", ("jobOrderId",)),
    "applications": Resource("applications", "applicationId", ("jobApplicationId",)),
    "interviews": Resource("interviews", "interviewId"),
    "notes": Resource("notes", "noteId"),
    "placements": Resource("placements", "placementId"),
}

# The resource of an event, by the beginning of its name. JobAdder publishes the names and not the content of events [V:
# OpenAPI, AddWebhookCommand; T: event_interview_*, company_updated and contact_updated, which came later].
_SUBJECTS = (
    ("jobapplication_", "applications"),
    ("interview_", "interviews"),
    ("event_interview_", "interviews"),
    ("candidate_", "candidates"),
    ("placement_", "placements"),
    ("job_", "jobs"),
    ("company_", "companies"),
    ("contact_", "contacts"),
    ("sms_", "notes"),
)
# The other ids by which a collection can be searched if an event does not name its own.
_BY_OTHERS = {
    "applications": ("candidates", "jobs"),
    "interviews": ("applications", "candidates", "jobs"),
    "placements": ("applications", "candidates", "jobs"),
    "notes": (),
}
BEFORE = timedelta(minutes=5)
"""How long before the time of an event without ids the search for changed records begins."""
_LATEST = timedelta(hours=2)
"""How long before its receipt the search for changed records begins, for an event without ids and without a time.

JobAdder repeats a failed event every five minutes, and suspends the webhook after ten failures in an hour.
"""
PAGE = 100
_MAX_SEARCH_PAGES = 10
_MAX_IDS_PER_REQUEST = 20
_DEEP = 5


def resource_of(name: str) -> str | None:
    """Return the name of the collection that an event of this name concerns. Return None for an event that is not
    imported.
    """
    folded = name.casefold()
    return next((resource for start, resource in _SUBJECTS if folded.startswith(start)), None)


def documents_of(event: DatedEvent, resource: str) -> ApiExchange[tuple[list[Mapping[str, Any]], str | None]]:
    """Return the JSON objects that an event concerns, and a sentence if some of them were not read, else None."""
    if ids := _ids(event.document, RESOURCES[resource]):
        found = []
        for id in ids[:_MAX_IDS_PER_REQUEST]:
            document = yield from fetch_one(resource, id)
            found += [document] if document else []
        return found, None if len(ids) <= _MAX_IDS_PER_REQUEST else f"The event names {len(ids)} {resource}."
    others = {
        RESOURCES[other].filter: named[0]
        for other in _BY_OTHERS.get(resource, ())
        if len(named := _ids(event.document, RESOURCES[other])) == 1
    }
    since = event.occurred_at - (BEFORE if parse_instant(value_at(event.document, "eventDate")) else _LATEST)
    # A new record may never have been updated.
    by = "CreatedAt" if resource == "notes" or event.type.endswith("_scheduled") else "UpdatedAt"
    return (yield from _all(resource, others or {by: after(since)}))


def fetch_one(resource: str, id: str) -> ApiExchange[Mapping[str, Any] | None]:
    """Fetch a single record of a collection; None if there is none. An interview is found by a search, as it has no
    path.
    """
    own = RESOURCES[resource]
    if resource == "interviews":
        response = yield ApiRequest(own.path, {own.filter: id, "Embed": "evaluations"}, expects=())
        return next(iter(rows_of(response, own.path)), None)
    response = yield ApiRequest(f"{own.path}/{id}")
    return mapping(response.document) or None if response.ok else None


def rows_of(response: ApiResponse, what: str) -> list[Mapping[str, Any]]:
    """Return the items of a list answer of JobAdder. Raise ApiError if the answer is no list.

    A list has `items` and `totalCount`, an error `message` and `errors` [V: NoteListRepresentation, ErrorModel].
    """
    items, total = value_at(response.document, "items"), value_at(response.document, "totalCount")
    if not isinstance(items, list) and total != 0:
        said = one_line(value_at(response.document, "message"), 300)
        raise ApiError(f"JobAdder's answer to {what} holds no list of records{f': {said}' if said else '.'}")
    return [row for row in sequence(items) if mapping(row)]


def after(since: datetime) -> str:
    """Return the value of a JobAdder filter by time that matches times after this instant, in whole seconds."""
    return f">{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def listing(resource: str, filters: Mapping[str, str], offset: int) -> ApiRequest:
    """Return the request for one page of a collection, beginning at `offset`."""
    extra = {"interviews": {"Embed": "evaluations"}, "notes": {"Fields": "text", "Embed": "self"}}.get(resource, {})
    page = {"Offset": str(offset), "Limit": str(PAGE)}
    return ApiRequest(RESOURCES[resource].path, {**filters, **extra, **page}, expects=())


def _all(resource: str, filters: Mapping[str, str]) -> ApiExchange[tuple[list[Mapping[str, Any]], str | None]]:
    found: list[Mapping[str, Any]] = []
    for _ in range(_MAX_SEARCH_PAGES):
        response = yield listing(resource, filters, len(found))
        rows = rows_of(response, resource)
        found += rows
        total = value_at(response.document, "totalCount")
        if not rows or (isinstance(total, int) and len(found) >= total):
            return found, None
    return found, f"More than {len(found)} {resource} changed at that time: the next poll brings the rest."


def _ids(document: Any, resource: Resource) -> list[str]:
    """Return the ids of a collection's records that stand anywhere in an event, as `candidateId` or as
    `candidate.id`.
    """
    named = {field.casefold() for field in (resource.field, *resource.names)}
    holders = {field.removesuffix("id") for field in named}
    found = dict.fromkeys(_sought(document, named, holders))
    # Notes alone have UUIDs; all other ids are whole numbers [V].
    return [id for id in found if id.isdigit() or resource.field == "noteId"]


def _sought(document: Any, named: set[str], holders: set[str], deep: int = 0) -> Iterator[str]:
    for key, value in mapping(document).items():
        field = key.casefold()
        if field in named or field.removesuffix("s") in named:
            yield from _safe(value)
        elif field in holders:
            yield from _safe(value_at(value, "id"))
        if deep < _DEEP:
            for inside in sequence(value) or (value,):
                yield from _sought(inside, named, holders, deep + 1)


def _safe(value: Any) -> Iterator[str]:
    """Yield ids that are safe in a path: whole numbers above zero, and the UUIDs of notes."""
    for fetch_one in sequence(value) or (value,):
        id = id_text(fetch_one) or ""
        if id.replace("-", "").isalnum() and id.isascii() and len(id) <= 36 and id.strip("-0"):
            yield id
