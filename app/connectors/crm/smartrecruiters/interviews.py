"""Interviews of SmartRecruiters. Each local day of an interview is one round, with the candidate's attendance."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from app.connectors.canonical_records import AnyRecord, Gone, Interview
from app.connectors.multi_day_rounds import group_by_day, round_day_id
from app.connectors.parsing import folded_word, one_line, parse_instant, sequence, value_at

# The candidate's and each interviewer's answer to the invitation [V, developers.smartrecruiters.com, "Interviews"]. An
# interviewer who declines is usually replaced, so that answer ends nothing.
_DECLINED = "declined"
_ANSWERS = {"accepted", _DECLINED, "pending", "tentative"}


def interview_records(
    document: Any, id: str, application_id: str, event_time: datetime, *, cancelled: bool
) -> Sequence[AnyRecord]:
    """Return an interview for each local day of the timeslots, and deletions of the days that no longer have
    timeslots.
    """
    slots = [
        (start, slot)
        for slot in sequence(value_at(document, "timeslots"))
        if (start := parse_instant(value_at(slot, "startsOn")))
    ]
    days = [day for day in group_by_day(slots, one_line(value_at(document, "timezone"))) if _ends(day)]
    answer = value_at(document, "candidate", "status")
    records: list[AnyRecord] = []
    for number, day in enumerate(days, 1):
        status = "cancelled" if cancelled else _attendance(day, answer)
        ends = _ends(day)[-1]
        records.append(
            Interview(
                id=round_day_id(id, number),
                part_of=id if number > 1 else None,
                version=event_time,
                starts_at=min(start for slot in day if (start := parse_instant(value_at(slot, "startsOn")))),
                ends_at=ends,
                application_id=application_id,
                booked_at=parse_instant(value_at(document, "createdOn")),
                status=status,
                # A candidate declines before the end, whenever SmartRecruiters reports it.
                status_at=None if status == "scheduled" else event_time if cancelled else min(event_time, ends),
            )
        )
    return [*records, Gone(id=id, version=event_time, kind="interview", parts_from=len(days) + 1)] if records else ()


def unknown_words(document: Any) -> list[str]:
    """Return the answers to an invitation whose meaning is unknown, as words to report. Such an answer counts as not
    given.
    """
    answers = [
        value_at(document, "candidate", "status"),
        *(value_at(s, "candidateStatus") for s in sequence(value_at(document, "timeslots"))),
    ]
    lines = [text for answer in answers if (text := one_line(answer, 60))]
    return [f"candidate status: {text}" for text in dict.fromkeys(lines) if folded_word(text) not in _ANSWERS]


def _attendance(day: Sequence[Any], answer: Any) -> Literal["scheduled", "cancelled", "no_show"]:
    """Return the status of an interview day: `cancelled` if the candidate declined, `no_show` if the candidate did not
    come, else `scheduled`.
    """
    if all(value_at(slot, "noShow") is True for slot in day):
        return "no_show"
    declined = folded_word(answer) == _DECLINED or all(
        folded_word(value_at(slot, "candidateStatus")) == _DECLINED for slot in day
    )
    return "cancelled" if declined else "scheduled"


def _ends(day: Sequence[Any]) -> list[datetime]:
    """Return the end times of a day's timeslots, in order, without those before the start of the day's interview."""
    first = min(start for slot in day if (start := parse_instant(value_at(slot, "startsOn"))))
    return sorted(end for slot in day if (end := parse_instant(value_at(slot, "endsOn"))) and end > first)
