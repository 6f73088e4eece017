"""The answer of the literal rules: flags, actions, the shown window and the court at one instant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from app.rules.history import History
from app.rules.policy import Policy
from tests.rules.literal import cadence, checks, court, joining, overdue, silence
from tests.rules.literal.findings import Findings
from tests.rules.literal.moment import Moment


class LiteralAction(NamedTuple):
    """An action: its kind, its commitment or check if any, and its times."""

    kind: str
    subject: str
    opens_at: datetime
    due_at: datetime


class Literal:
    """The findings of the specification for one history, one policy and one instant."""

    def __init__(self, history: History, policy: Policy, now: datetime) -> None:
        self.moment = Moment(history, policy, now)
        self.found = Findings(policy)
        self.window: date | None = None
        self.court: tuple[str | None, datetime | None] = (None, None)
        if now >= history.opened_at:
            self._assess()

    def _assess(self) -> None:
        moment, found = self.moment, self.found
        if moment.ended:
            silence.reply_owed(moment, found)
            overdue.closure(moment, found)
            joining.keep_in_touch(moment, found)
        else:
            silence.reply_owed(moment, found)
            overdue.commitments(moment, found)
            overdue.closed_job(moment, found)
        if not moment.ended and not moment.paused:
            silence.going_quiet(moment, found)
            silence.client_quiet(moment, found)
            silence.update_owed(moment, found)
            cadence.cadence(moment, found)
            overdue.follow_up(moment, found)
            overdue.debrief(moment, found)
            overdue.thank_you(moment, found)
            overdue.timelines(moment, found)
            overdue.chase_decision(moment, found)
            overdue.nothing_booked(moment, found)
            checks.checks(moment, found)
            joining.milestones(moment, found)
            self.window = cadence.shown_window(moment)
        self.court = court.court(moment)

    @property
    def flags(self) -> dict[str, str]:
        """The severity of each flag."""
        return self.found.severities

    @property
    def since(self) -> dict[str, datetime]:
        """The instant at which the cause of each flag began."""
        return self.found.since

    @property
    def evidence(self) -> dict[str, set[str]]:
        """The facts behind each flag whose evidence the specification spells out."""
        return self.found.evidence

    @property
    def actions(self) -> list[LiteralAction]:
        """The actions, in the order of their names."""
        return sorted(LiteralAction(*x) for x in self.found.actions)

    def kinds(self) -> Iterable[str]:
        """Return the kinds of the actions, each once and in order."""
        return sorted({x.kind for x in self.actions})
