"""Interview schedules of Ashby. A schedule holds the interviews of one stage; the interviews of each day form one
round.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from app.connectors.canonical_records import Gone, Interview
from app.connectors.multi_day_rounds import MAX_DAYS, round_day_id
from app.connectors.parsing import id_text, parse_instant, sequence, value_at
from app.connectors.vendor_vocabulary import Vocabulary

# [V: api-evangelist/ashby-hq, openapi/_original/ashby-openapi.yml, interviewScheduleCreate]. A schedule with times is
# booked, even if something else is still to be arranged. It does not say whether the candidate came.
_STATUS: Mapping[str, Literal["scheduled", "completed", "cancelled"]] = {
    "needsscheduling": "scheduled",
    "waitingoncandidatebooking": "scheduled",
    "waitingoncandidateavailability": "scheduled",
    "candidateavailabilitysubmitted": "scheduled",
    "scheduled": "scheduled",
    "waitingonfeedback": "scheduled",
    "unknown": "scheduled",
    "complete": "completed",
    "cancelled": "cancelled",
    "onhold": "cancelled",
}
_NIGHT = timedelta(hours=10)
"""The shortest pause that separates two days of interviews. Ashby's events name no time zone, so the calendar cannot
separate days.
"""


class _Slot(NamedTuple):
    starts: datetime
    ends: datetime
    booked: datetime | None


def interviews(schedule: Any, changed: datetime, words: Vocabulary) -> list[Interview | Gone]:
    """Return one interview for each day of an Ashby schedule, and deletions of days that the schedule no longer has.

    Several interviews on one day are one round. A debrief is left out: the employer holds it without the candidate. A
    schedule without times deletes all its rounds. A schedule without ids has no records.
    """
    id, application_id = id_text(value_at(schedule, "id")), id_text(value_at(schedule, "applicationId"))
    if not (id and application_id):
        return []
    status = words.read("interview schedule status", value_at(schedule, "status"), _STATUS, "scheduled")
    days = _days(_slots(schedule))
    rounds = [
        Interview(
            id=round_day_id(id, number),
            part_of=None if number == 1 else id,
            version=changed,
            application_id=application_id,
            starts_at=day[0].starts,
            ends_at=max(slot.ends for slot in day),
            booked_at=min((slot.booked for slot in day if slot.booked), default=None),
            status=status,
            status_at=changed if status == "cancelled" else None,
        )
        for number, day in enumerate(days, 1)
    ]
    return [*rounds, Gone(kind="interview", id=id, version=changed, parts_from=len(days) + 1)]


def _slots(schedule: Any) -> list[_Slot]:
    found = []
    for event in sequence(value_at(schedule, "interviewEvents")):
        starts, ends = parse_instant(value_at(event, "startTime")), parse_instant(value_at(event, "endTime"))
        if starts and ends and starts <= ends and value_at(event, "interview", "isDebrief") is not True:
            found.append(_Slot(starts, ends, parse_instant(value_at(event, "createdAt"))))
    return sorted(found, key=lambda slot: (slot.starts, slot.ends))


def _days(slots: Sequence[_Slot]) -> list[list[_Slot]]:
    """Group the interview slots of a schedule by day, in order. A new day starts after a pause of at least `_NIGHT`."""
    days: list[list[_Slot]] = []
    for slot in slots:
        is_new = not days or slot.starts - max(each.ends for each in days[-1]) >= _NIGHT
        if is_new and len(days) < MAX_DAYS:
            days.append([])
        days[-1].append(slot)
    return days
