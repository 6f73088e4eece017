"""Placements of Bullhorn: a status of their submission, and the agreed first day.

`dateBegin` is the date when the candidate will begin work and is never null. `status` is a list of the agency's own,
such as Placed, Approved, Completed and Terminated [V: Placement]. None of them is defined as "has started", so no
placement is read as a start. In which zone a date is midnight is not published [U].
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import AnyRecord, Application, Gone, Milestone, Status
from app.connectors.contract import Translation
from app.connectors.crm.bullhorn.people import version_of
from app.connectors.parsing import id_text, one_line, parse_day, parse_instant, value_at


def placed(document: Any, event_time: datetime, about: list[AnyRecord]) -> Translation:
    """Return the records of a Bullhorn placement: a status of its submission, and the first day. `about` holds the
    records of the submission.
    """
    label = one_line(value_at(document, "status"))
    applications = [record for record in about if isinstance(record, Application)]
    if not applications:
        return Translation(ignored="The placement names no submission that led to it.")
    agreed = _first_day(document, event_time, applications[-1].id)
    if label is None:
        return Translation([*about, *agreed], ignored="The placement names no status.")
    # A placement is no stage of the submission, so its statuses have a prefix.
    since = version_of(document, event_time)
    status = Status(value=f"placement: {label}", label=f"Placement: {label}", at=since)
    later = [record for record in applications if record.status and record.status.at > since]
    # A later status of the submission counts. Else the placement counts, also after other changes of the submission.
    version = since if later else max(since, event_time, *(record.version for record in applications))
    earlier = [record for record in about if record not in later]
    return Translation([*earlier, replace(applications[-1], status=status, version=version), *later, *agreed])


def not_placed(placement_id: str, version: datetime) -> Gone:
    """Return the deletion of the first day that a deleted placement had."""
    return Gone(kind="milestone", id=f"{placement_id}:start_agreed", version=version)


def _first_day(document: Any, event_time: datetime, submission_id: str) -> list[AnyRecord]:
    id, starts_on = id_text(value_at(document, "id")), parse_day(value_at(document, "dateBegin"))
    if not (id and starts_on):
        return []
    return [
        Milestone(
            id=f"{id}:start_agreed",
            version=version_of(document, event_time),
            application_id=submission_id,
            kind="start_agreed",
            at=parse_instant(value_at(document, "dateAdded")),
            on=starts_on,
        )
    ]
