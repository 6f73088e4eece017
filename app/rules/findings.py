"""Where the rules put what they find: flags, actions, and when time alone may next change the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.rules.actions import Action, ActionKind
from app.rules.calendar import Calendar
from app.rules.calendar_exceptions import written_exceptions
from app.rules.flags import Flag, FlagKind, Severity


class Findings:
    """What one assessment collects."""

    __slots__ = ("actions", "flags", "next_change_at", "now")

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.flags: list[Flag] = []
        self.actions: list[Action] = []
        self.next_change_at: datetime | None = None

    def recheck_at(self, at: datetime) -> None:
        """The answer may change at this instant; one that has passed is of no interest."""
        if at > self.now and (self.next_change_at is None or at < self.next_change_at):
            self.next_change_at = at

    def add_flag(
        self, kind: FlagKind, severity: Severity, since: datetime, evidence: tuple[str, ...], detail: dict[str, Any]
    ) -> None:
        """Raise a flag."""
        self.flags.append(Flag(kind, severity, since, evidence, detail))

    def add_action(
        self,
        kind: ActionKind,
        opens_at: datetime,
        due_at: datetime,
        detail: dict[str, Any],
        subject: str = "",
        interview_id: str = "",
    ) -> None:
        """List an action, also one that opens later."""
        self.actions.append(Action(kind, opens_at, due_at, subject, detail, interview_id))


def calendar_fields(calendar: Calendar) -> dict[str, Any]:
    """Return the beginning of a detail: the zone and region in which its dates are to be read, and their exceptions."""
    detail: dict[str, Any] = {"zone": calendar.zone, "region": calendar.region}
    if calendar.exceptions:
        detail["exceptions"] = list(written_exceptions(calendar.exceptions))
    return detail
