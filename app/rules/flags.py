"""Kinds of flags, severities, the facts that clear flags, their sources, and the difference between two assessments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from app.rules.flag_reasons import FLAG_REASONS


class FlagKind(StrEnum):
    """A kind of problem with an application."""

    GOING_QUIET = "going_quiet"
    CLIENT_QUIET = "client_quiet"
    REPLY_OWED = "reply_owed"
    UPDATE_OWED = "update_owed"
    OVER_CONTACTING = "over_contacting"
    PREMATURE_CONTACT = "premature_contact"
    OFF_CHANNEL_CONTACT = "off_channel_contact"
    FOLLOW_UP_OVERDUE = "follow_up_overdue"
    DEBRIEF_OVERDUE = "debrief_overdue"
    TIMELINE_MISSING = "timeline_missing"
    TIMELINE_OVERDUE = "timeline_overdue"
    COMMITMENT_OVERDUE = "commitment_overdue"
    NOTHING_BOOKED = "nothing_booked"
    CLOSURE_OWED = "closure_owed"
    CHECK_OVERDUE = "check_overdue"
    RESIGNATION_OVERDUE = "resignation_overdue"
    COUNTER_OFFER_OPEN = "counter_offer_open"
    START_UNSETTLED = "start_unsettled"


class Severity(StrEnum):
    """The severity of a flag, ordered: `watch` < `warning` < `critical`."""

    WATCH = "watch"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """The rank of the severity: 0 for `watch`, 1 for `warning`, 2 for `critical`."""
        return _RANKS[self.value]

    def __lt__(self, other: str) -> bool:
        return self.rank < Severity(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Severity(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Severity(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Severity(other).rank


_RANKS = {"watch": 0, "warning": 1, "critical": 2}


@dataclass(frozen=True, slots=True)
class Flag:
    """A problem with an application that a rule has found.

    `since` is when the problem began, and `evidence` are the ids of the facts behind the flag. `detail` holds instants,
    dates and limits as plain JSON. It holds no counts of days, so that a flag stays valid until its assessment changes.
    """

    kind: FlagKind
    severity: Severity
    since: datetime
    evidence: tuple[str, ...]
    detail: dict[str, Any] = field(hash=False)


class Changes(NamedTuple):
    """The difference between two assessments: flags that are new, that differ, and that were cleared.

    Flags that differ are pairs (before, after).
    """

    raised: tuple[Flag, ...]
    changed: tuple[tuple[Flag, Flag], ...]
    cleared: tuple[Flag, ...]


def explain(flag: Flag, now: datetime) -> str:
    """Return a sentence that says why the flag is raised. Days are counted up to `now`."""
    return FLAG_REASONS[flag.kind](flag.detail, now)


def diff(before: Iterable[Flag], after: Iterable[Flag]) -> Changes:
    """Return the difference between the flags of two assessments of one application.

    Flags are compared by kind. Flags that are equal before and after are in none of the three lists.
    """
    old, new = {flag.kind: flag for flag in before}, {flag.kind: flag for flag in after}
    return Changes(
        raised=tuple(flag for kind, flag in new.items() if kind not in old),
        changed=tuple((old[kind], flag) for kind, flag in new.items() if kind in old and old[kind] != flag),
        cleared=tuple(flag for kind, flag in old.items() if kind not in new),
    )


CLEARS: dict[FlagKind, str] = {
    FlagKind.GOING_QUIET: "Any word from the candidate, on this or another application, or a talk with them.",
    FlagKind.CLIENT_QUIET: "Any word from the client on this application, a talk with them, or a new date from them.",
    FlagKind.REPLY_OWED: "A word from you to the candidate or the client who asked, or a talk with them.",
    FlagKind.UPDATE_OWED: "A word from you or the client to the candidate, or a talk with them.",
    FlagKind.OVER_CONTACTING: "A word of coaching from you, or a quieter week.",
    FlagKind.PREMATURE_CONTACT: "A word of coaching from you, the day on which it is right to ask, or a week.",
    FlagKind.OFF_CHANNEL_CONTACT: "A word of coaching from you, or two weeks without another such contact.",
    FlagKind.FOLLOW_UP_OVERDUE: "A follow-up with the hiring manager about this interview, or a waiver of it.",
    FlagKind.DEBRIEF_OVERDUE: "A debrief, or another talk, with the candidate.",
    FlagKind.TIMELINE_MISSING: "A date for the decision, or for the next contact, from anybody.",
    FlagKind.TIMELINE_OVERDUE: "A decision, a new date from the client, or their word that no date is known.",
    FlagKind.COMMITMENT_OVERDUE: "The promise kept, or called off.",
    FlagKind.NOTHING_BOOKED: "An interview booked, or the application moved on.",
    FlagKind.CLOSURE_OWED: "A word from you to the candidate; on a closed job, the application closed or moved on.",
    FlagKind.CHECK_OVERDUE: "The check moved on a step, booked for later, done or cancelled.",
    FlagKind.RESIGNATION_OVERDUE: "The resignation recorded, or that there is nothing to resign from.",
    FlagKind.COUNTER_OFFER_OPEN: "The counter-offer declined, or the application moved on.",
    FlagKind.START_UNSETTLED: "A first day agreed, a passed one moved, or the start recorded.",
}
"""For each kind of flag, a sentence that names the facts that clear the flag."""

_STAFF_FINDERS = "What to do after a job interview (Staff Finders)"
_CAREERBUILDER = "6 Things You Should Do After The Job Interview (CareerBuilder)"
_PAXUS = "Top 5 things to do after a job interview (Paxus)"
_MINING_PEOPLE = "The best and worst things to do after a job interview (Mining People International)"
_DOS_AND_DONTS = "Do's and don'ts after a job interview"
_FIELD_PRACTICE = "Practice in the field"
GUIDANCE: dict[FlagKind, str] = {
    FlagKind.GOING_QUIET: f"{_DOS_AND_DONTS}; {_CAREERBUILDER}",
    FlagKind.CLIENT_QUIET: _PAXUS,
    FlagKind.REPLY_OWED: _PAXUS,
    FlagKind.UPDATE_OWED: f"{_PAXUS}; {_DOS_AND_DONTS}",
    FlagKind.OVER_CONTACTING: f"{_STAFF_FINDERS}; {_DOS_AND_DONTS}",
    FlagKind.PREMATURE_CONTACT: f"{_CAREERBUILDER}; {_MINING_PEOPLE}",
    FlagKind.OFF_CHANNEL_CONTACT: _PAXUS,
    FlagKind.FOLLOW_UP_OVERDUE: _STAFF_FINDERS,
    FlagKind.DEBRIEF_OVERDUE: f"{_STAFF_FINDERS}; {_DOS_AND_DONTS}",
    FlagKind.TIMELINE_MISSING: f"{_STAFF_FINDERS}; {_PAXUS}",
    FlagKind.TIMELINE_OVERDUE: f"{_MINING_PEOPLE}; {_STAFF_FINDERS}",
    FlagKind.COMMITMENT_OVERDUE: _MINING_PEOPLE,
    FlagKind.NOTHING_BOOKED: _CAREERBUILDER,
    FlagKind.CLOSURE_OWED: f"{_PAXUS}; {_CAREERBUILDER}",
    FlagKind.CHECK_OVERDUE: f"{_MINING_PEOPLE}; {_FIELD_PRACTICE}",
    FlagKind.RESIGNATION_OVERDUE: f"{_PAXUS}; {_FIELD_PRACTICE}",
    FlagKind.COUNTER_OFFER_OPEN: _MINING_PEOPLE,
    FlagKind.START_UNSETTLED: f"{_DOS_AND_DONTS}; {_FIELD_PRACTICE}",
}
"""For each kind of flag, the published advice behind the rule, by title and author."""
