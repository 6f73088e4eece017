"""The follow-up window: the date from which the candidate may ask for news after an interview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from app.rules.action_reasons import window_reason
from app.rules.calendar import Calendar
from app.rules.finding_collector import calendar_fields
from app.rules.history import Interaction
from app.rules.state_at import ApplicationState

WINDOW_QUESTIONS: tuple[str, ...] = (
    "Where are you in the process?",
    "Is there an updated timeline?",
    "Is there anything else I can provide?",
)
"""Questions that a candidate can ask once the follow-up window is open. The source is Staff Finders."""


@dataclass(frozen=True, slots=True)
class Window:
    """The follow-up window as shown, with dates on the client's calendar.

    `opens_on` is the date from which the candidate may ask. A contact is too early before `judged_on`, which may be
    sooner.
    """

    opens_on: date
    judged_on: date
    detail: dict[str, Any] = field(hash=False)


class JudgedWindow(NamedTuple):
    """The follow-up window by which contacts are judged too early.

    `basis` names the fact that the date follows from, and `basis_on` is the date of that fact.
    """

    opens_on: date
    basis: str
    basis_on: date


def judged_window(
    state: ApplicationState, thanks: Sequence[Interaction], client: Calendar, wait_days: int
) -> JudgedWindow | None:
    """Return the follow-up window as known in this state (Staff Finders, Mining People).

    Return None if no interview was held or no decision is pending. `wait_days` applies if the client has named no date.
    """
    last = state.last
    if last is None or not state.pending:
        return None
    timeline = state.timeline
    if timeline is not None:
        if timeline.contact_from is not None:
            return JudgedWindow(timeline.contact_from, "contact_from", timeline.contact_from)
        if timeline.decision_by is not None:
            return JudgedWindow(client.next_bday(timeline.decision_by), "decision_by", timeline.decision_by)
    anchor, basis = last.ends_at, "interview"
    for x in reversed(thanks):
        if x.at <= state.at:
            if x.at >= last.ends_at:
                anchor, basis = x.at, "thanks"
            break
    anchored_on = client.day(anchor)
    return JudgedWindow(client.roll(anchored_on + timedelta(days=wait_days)), basis, anchored_on)


def shown_window(
    judged: JudgedWindow, last_contact_on: date | None, wait_days: int, spacing_days: int, client: Calendar
) -> Window:
    """Return the window to show. It opens at least `spacing_days` days after the candidate's last contact."""
    opens_on = judged.opens_on
    detail: dict[str, Any] = {
        **calendar_fields(client),
        "basis": judged.basis,
        "basis_on": judged.basis_on.isoformat(),
        "wait_days": wait_days,
    }
    if last_contact_on is not None and last_contact_on + timedelta(days=spacing_days) > opens_on:
        opens_on = last_contact_on + timedelta(days=spacing_days)
        detail["last_contact_on"] = last_contact_on.isoformat()
        detail["spacing_days"] = spacing_days
    return Window(opens_on, judged.opens_on, detail)


def explain_window(window: Window, now: datetime) -> str:
    """Return a sentence that says why the follow-up window opens on its date."""
    return window_reason(window.detail, now)
