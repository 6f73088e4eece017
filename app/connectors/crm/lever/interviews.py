"""Interview panels of Lever. A panel gives one interview for each day in the panel's time zone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.connectors.canonical_records import AnyRecord, Gone, Interview
from app.connectors.multi_day_rounds import group_by_day, round_day_id
from app.connectors.parsing import id_text, one_line, parse_instant, sequence, value_at

_Slot = tuple[datetime, datetime]


def panel_records(panel: Any, opportunity: str | None, event_time: datetime) -> Sequence[AnyRecord]:
    """Return an interview for each day of a Lever panel, and deletions of days that the panel no longer has.

    The interview of a day lasts from the start of the day's first part to the end of its last. Cancelled parts count
    only if the whole panel is cancelled.
    """
    every = sequence(value_at(panel, "interviews"))
    live = [one for one in every if parse_instant(value_at(one, "canceledAt")) is None]
    days = _days(live or every, one_line(value_at(panel, "timezone")))
    first, last = parse_instant(value_at(panel, "start")), parse_instant(value_at(panel, "end"))
    if not days and first is not None and last is not None and last > first:
        days = [(first, last)]
    if (id := id_text(value_at(panel, "id"))) is None or not days:
        return ()
    cancelled = parse_instant(value_at(panel, "canceledAt"))
    if cancelled is None and every and not live:
        cancelled = max(filter(None, (parse_instant(value_at(one, "canceledAt")) for one in every)))
    records: list[AnyRecord] = [
        Interview(
            id=round_day_id(id, number),
            part_of=id if number > 1 else None,
            version=event_time,
            starts_at=starts,
            ends_at=ends,
            application_id=opportunity,
            booked_at=parse_instant(value_at(panel, "createdAt")),
            # Lever records cancellations only: the result of a past interview may be known better here.
            status="cancelled" if cancelled else "scheduled" if ends > event_time else None,
            status_at=cancelled,
        )
        for number, (starts, ends) in enumerate(days, 1)
    ]
    return [*records, Gone(id=id, version=event_time, kind="interview", parts_from=len(days) + 1)]


def _days(interviews: Sequence[Any], zone: str | None) -> list[_Slot]:
    slots: list[tuple[datetime, _Slot]] = []
    for one in interviews:
        if start := parse_instant(value_at(one, "date")):
            minutes = value_at(one, "duration")
            whole = isinstance(minutes, int) and not isinstance(minutes, bool) and 0 < minutes <= 7 * 24 * 60
            slots.append((start, (start, start + timedelta(minutes=minutes if whole else 60))))
    return [(min(start for start, _ in day), max(end for _, end in day)) for day in group_by_day(slots, zone)]
