"""Placements of Recruit CRM: a hire, and the agreed first day.

A placement has no date of its own but custom fields, each with its `field_id` and `value` [V: find-placement-by-id]. So
`settings.placement_start_field` names the one that holds the first day; how such a field writes a day is not published
[U]. Without that setting a placement is the status `@hired` and nothing more.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.connectors.canonical_records import Application, Candidate, Gone, Job, Milestone, Status
from app.connectors.contract import ApiExchange, Translation
from app.connectors.crm.recruitcrm import payload_parsers as read
from app.connectors.crm.recruitcrm.client import Subjects, application_on, related_records
from app.connectors.parsing import id_text, parse_day, parse_instant, sequence, value_at

_SAME_CHANGE = timedelta(minutes=1)
"""The longest time between a placement and a change of stage for both to be the same change."""


def placement(verb: str, record: Any, event_time: datetime, settings: Mapping[str, str]) -> ApiExchange[Translation]:
    """Return the records of a placement that was created, updated or deleted."""
    match verb:
        case "created":
            result = yield from _placed(record, event_time)
        case "deleted":
            result = yield from _not_placed(record, event_time)
        case _:  # what was changed in a placement says nothing of where its candidate stands
            result = Translation(ignored="A placement has a first day only if `settings.placement_start_field` is set.")
    agreed = _first_day(verb, record, event_time, settings)
    if agreed is None or (isinstance(agreed, Milestone) and verb == "created" and not result.records):
        return result
    return replace(result, records=[*result.records, agreed], ignored=result.ignored if result.records else None)


def _first_day(verb: str, record: Any, event_time: datetime, settings: Mapping[str, str]) -> Milestone | Gone | None:
    """Return the first day of a placement, or its deletion if the field is empty. Return None if no field is set for
    the first day.
    """
    field, placed = settings.get("placement_start_field"), id_text(value_at(record, "id"))
    if not (field and placed):
        return None
    id, version = f"{placed}:start_agreed", read.version(record, event_time)
    values = {
        id_text(value_at(each, "field_id")): value_at(each, "value")
        for each in sequence(value_at(record, "custom_fields"))
    }
    starts_on, found = parse_day(values.get(field.strip())), read.application(record, event_time)
    if verb == "deleted":
        return Gone(kind="milestone", id=id, version=max(version, event_time))
    if starts_on is None or found is None:
        return Gone(kind="milestone", id=id, version=version)
    return Milestone(
        id=id,
        version=version,
        application_id=found.id,
        kind="start_agreed",
        at=parse_instant(value_at(record, "created_on")),
        on=starts_on,
    )


def _placed(record: Any, event_time: datetime) -> ApiExchange[Translation]:
    """Return the records of a hire. A stage that was set together with the placement does not undo the hire; one that
    was set later does.
    """
    since = parse_instant(value_at(record, "created_on")) or event_time
    found = read.application(record, event_time, Status(value="@hired", label="Placement", at=min(since, event_time)))
    if found is None:
        return Translation(ignored="The placement lacks its candidate or its job.")
    stage = yield from application_on(found.candidate_id, found.job_id, event_time)
    if stage and abs(stage.version - found.version) <= _SAME_CHANGE:
        found = replace(found, version=max(stage.version, found.version))
    return (yield from with_related(found, event_time))


def _not_placed(record: Any, event_time: datetime) -> ApiExchange[Translation]:
    """Return the application of a candidate whose placement was deleted. The current hiring stage counts from the time
    of the deletion.
    """
    person, vacancy = id_text(value_at(record, "candidate_slug")), id_text(value_at(record, "job_slug"))
    stage = (yield from application_on(person, vacancy, event_time)) if person and vacancy else None
    if stage is None:
        return Translation(ignored="The deleted placement names no candidate who is on its job in Recruit CRM.")
    return (yield from with_related(replace(stage, version=max(stage.version, event_time)), event_time))


def with_related(found: Application, event_time: datetime) -> ApiExchange[Translation]:
    """Return an application after its candidate and its job."""
    subjects = Subjects(candidates=(found.candidate_id,), jobs=(found.job_id,))
    before = yield from related_records(subjects, event_time, applied=False)
    if not {found.candidate_id, found.job_id} <= {each.id for each in before if isinstance(each, Candidate | Job)}:
        return Translation(before, ignored="The candidate or the job is not, or no longer, in Recruit CRM.")
    return Translation([*before, found])
