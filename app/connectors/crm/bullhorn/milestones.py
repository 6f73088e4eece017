"""Bullhorn's placements: a status of the submission that led to one, and the first day that was agreed.

`dateBegin` is the date when the candidate will begin work and is never null; `status` is a list of the agency's own, of
which Placed, Approved, Completed and Terminated are the vendor's examples [V: Placement]. None of them is defined as
"has started", so that no placement tells that somebody did. In which zone a date is midnight is not published [U].
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.connector import Translation
from app.connectors.crm.bullhorn.people import version_of
from app.connectors.parsing import at, day, ident, instant, line
from app.connectors.records import AnyRecord, Application, Gone, Milestone, Status


def placed(document: Any, event_time: datetime, about: list[AnyRecord]) -> Translation:
    """Return what a placement says of the submission that led to it, whose records are `about`."""
    label = line(at(document, "status"))
    applications = [record for record in about if isinstance(record, Application)]
    if not applications:
        return Translation(ignored="The placement names no submission that led to it.")
    agreed = _first_day(document, event_time, applications[-1].id)
    if label is None:
        return Translation([*about, *agreed], ignored="The placement names no status.")
    # A placement is no stage of the submission, so that its statuses are told apart from the submission's own.
    since = version_of(document, event_time)
    status = Status(value=f"placement: {label}", label=f"Placement: {label}", at=since)
    later = [record for record in applications if record.status and record.status.at > since]
    # What the submission came to later stands. Else the placement does, whatever was changed in the submission since.
    version = since if later else max(since, event_time, *(record.version for record in applications))
    earlier = [record for record in about if record not in later]
    return Translation([*earlier, replace(applications[-1], status=status, version=version), *later, *agreed])


def not_placed(placement_id: str, version: datetime) -> Gone:
    """Return that the first day of a placement that was deleted is not agreed."""
    return Gone(kind="milestone", id=f"{placement_id}:start_agreed", version=version)


def _first_day(document: Any, event_time: datetime, submission_id: str) -> list[AnyRecord]:
    id, starts_on = ident(at(document, "id")), day(at(document, "dateBegin"))
    if not (id and starts_on):
        return []
    return [
        Milestone(
            id=f"{id}:start_agreed",
            version=version_of(document, event_time),
            application_id=submission_id,
            kind="start_agreed",
            at=instant(at(document, "dateAdded")),
            on=starts_on,
        )
    ]
