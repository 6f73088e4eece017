"""The state of an application at an instant, as known at that instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.rules.hiring_timeline import current_timeline
from app.rules.history import History, Interview, Revision
from app.rules.stages import PENDING, StageChange, effective, interviews_as_of, latest_reopening


class ApplicationState:
    """The stage, the last and the next interview, and the client's timeline at one instant.

    `interviewed_on` is the date on which the last interview ended, on the client's calendar. `reopened_at` is the
    latest reopening. `last_is_closed` is True if the last interview ended before the reopening: nothing is owed about
    it then.
    """

    __slots__ = (
        "at",
        "change",
        "effective",
        "interviewed_on",
        "last",
        "last_is_closed",
        "pending",
        "reopened_at",
        "timeline",
        "upcoming",
    )

    def __init__(self, history: History, changes: Sequence[StageChange], at: datetime) -> None:
        self.at = at
        self.change = change_at(changes, at)
        self.last: Interview | None
        self.upcoming: Interview | None
        self.last, self.upcoming = interviews_as_of(history.interviews, at)
        self.effective = effective(self.change, self.last, self.upcoming)
        self.pending = self.effective in PENDING
        self.interviewed_on: date | None = None if self.last is None else history.client.day(self.last.ends_at)
        self.reopened_at = latest_reopening(changes, at)
        self.last_is_closed = (
            self.last is not None and self.reopened_at is not None and self.last.ends_at < self.reopened_at
        )
        self.timeline: Revision | None = None
        if history.revisions:
            self.timeline = current_timeline(
                history.revisions, at, self.interviewed_on, self.reopened_at, history.client.day(at)
            )


def change_at(changes: Sequence[StageChange], at: datetime) -> StageChange:
    """Return the latest of the stage changes at or before an instant; before the first change, return the first."""
    for change in reversed(changes):
        if change.at <= at:
            return change
    return changes[0]
