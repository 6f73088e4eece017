"""Stages of an application, the legal moves between them, and the history of stages that follows from the facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from app.rules.history import History, Interaction, Interview, Milestone, Transition
from app.rules.interview_matching import is_about_interview, is_follow_up

ACTIVE = (
    "interview_scheduled",
    "interviewed",
    "awaiting_decision",
    "reference_check",
    "screening",
    "offer",
    "accepted",
)
PAUSED = ("on_hold",)
ENDED = ("placed", "rejected", "withdrawn", "offer_declined", "cancelled")
STAGES = ACTIVE + PAUSED + ENDED

PENDING = frozenset({"interviewed", "awaiting_decision", "reference_check", "screening"})
"""Effective stages in which a decision of the client is pending."""

_EARLY_ENDS = ("rejected", "withdrawn", "cancelled")

MOVES: dict[str, tuple[str, ...]] = {
    "interview_scheduled": ("interviewed", "on_hold", *_EARLY_ENDS),
    "interviewed": (
        "interview_scheduled",
        "awaiting_decision",
        "reference_check",
        "screening",
        "offer",
        "on_hold",
        *_EARLY_ENDS,
    ),
    "awaiting_decision": (
        "interview_scheduled",
        "reference_check",
        "screening",
        "offer",
        "on_hold",
        *_EARLY_ENDS,
    ),
    "reference_check": (
        "interview_scheduled",
        "awaiting_decision",
        "screening",
        "offer",
        "on_hold",
        *_EARLY_ENDS,
    ),
    "screening": (
        "interview_scheduled",
        "awaiting_decision",
        "reference_check",
        "offer",
        "accepted",
        "on_hold",
        *_EARLY_ENDS,
    ),
    "offer": (
        "awaiting_decision",
        "reference_check",
        "screening",
        "accepted",
        "offer_declined",
        "on_hold",
        *_EARLY_ENDS,
    ),
    "accepted": ("screening", "placed", "offer_declined", "on_hold", *_EARLY_ENDS),
    "on_hold": (*ACTIVE, *_EARLY_ENDS),
    **dict.fromkeys(ENDED, ACTIVE),
}
"""The legal moves from each stage. A move from an ended stage reopens the application and needs a reason."""

NEEDS_REASON = frozenset({"rejected", "withdrawn", "offer_declined", "cancelled"})

OFFER_STAGES = frozenset({"offer", "accepted"})
"""Stages between the offer and the first day."""

MISSED = frozenset({"cancelled", "no_show"})
"""Statuses of an interview that did not take place."""


def legal_moves(stage: str) -> tuple[str, ...]:
    """Return the stages to which an application in this stage can move. Raises KeyError for an unknown stage."""
    return MOVES[stage]


def shortest_path(stage: str, effective: str, to: str) -> tuple[str, ...]:
    """Return the shortest sequence of legal moves to the stage `to`; empty if the application is in that stage already.

    The path starts at the stage or the effective stage, and passes through active stages only. The first move of an
    ended application reopens it.
    """
    ways: list[tuple[str, ...]] = [(start,) for start in dict.fromkeys((stage, effective))]
    seen = {stage, effective}
    for walked in ways:
        if walked[-1] == to:
            return walked[1:]
        onward = [step for step in MOVES[walked[-1]] if step not in seen and (step == to or step in ACTIVE)]
        seen.update(onward)
        ways.extend((*walked, step) for step in onward)
    raise AssertionError("every stage can be reached from every other")


class StageChange(NamedTuple):
    """Entry into a stage: when, the cause, and the id of the fact that caused it.

    The first change is the opening of the application, whose `fact_id` is "".
    """

    at: datetime
    stage: str
    cause: str
    fact_id: str


def interviews_as_of(interviews: Iterable[Interview], at: datetime) -> tuple[Interview | None, Interview | None]:
    """Return a pair: the last interview that has ended and the next interview to end, as known at an instant.

    Each is None if there is no such interview. Cancelled and missed interviews do not count.
    """
    last: Interview | None = None
    upcoming: Interview | None = None
    for interview in interviews:
        if interview.booked_at > at or interview.status_as_of(at) in MISSED:
            continue
        if interview.ends_at > at:
            if upcoming is None or interview.ends_at < upcoming.ends_at:
                upcoming = interview
        elif last is None or (interview.ends_at, interview.round, interview.id) > (last.ends_at, last.round, last.id):
            last = interview
    return last, upcoming


def effective(change: StageChange, last: Interview | None, upcoming: Interview | None) -> str:
    """Return the effective stage: the entered stage, or `interviewed` if an interview has been held since.

    `interviewed` replaces the stage `interview_scheduled` only, and only while no further interview is booked.
    """
    if change.stage == "interview_scheduled" and upcoming is None and last is not None and last.ends_at >= change.at:
        return "interviewed"
    return change.stage


def awaits_booking(effective: str, upcoming: Interview | None) -> bool:
    """Return True if an interview is the next step and none is booked. The flag `nothing_booked` requires this."""
    return effective == "interview_scheduled" and upcoming is None


def stage_history(history: History, now: datetime) -> tuple[StageChange, ...]:
    """Return every stage that the application entered up to `now`, in order of time.

    A recorded transition always applies, and enters the current stage again if it names that stage. Moves that follow
    from a booking, a follow-up or a start apply only after the opening. At the same instant, a transition takes
    precedence. The follow-up of an interview that is cancelled or missed by `now` moves nothing.
    """
    interviews = history.interviews
    change = StageChange(history.opened_at, history.opening_stage, "opened", "")
    changes = [change]
    for at, _, fact in _moves(history):
        if at > now:
            break
        to, cause = "", ""
        if isinstance(fact, Transition):
            to, cause = fact.to, "told"
        elif isinstance(fact, Interview):
            if _moves_on_booking(change, interviews, at):
                to, cause = "interview_scheduled", "interview_booked"
        elif isinstance(fact, Milestone):
            if change.stage in OFFER_STAGES:
                to, cause = "placed", "started"
        elif change.stage in ("interview_scheduled", "interviewed"):
            last, upcoming = interviews_as_of(interviews, at)
            if (
                last is not None
                and is_about_interview(fact, last)
                and last.status_as_of(now) not in MISSED
                and effective(change, last, upcoming) == "interviewed"
            ):
                to, cause = "awaiting_decision", "follow_up"
        if cause:
            change = StageChange(at, to, cause, fact.id)
            changes.append(change)
    return tuple(changes)


def _moves_on_booking(change: StageChange, interviews: Sequence[Interview], at: datetime) -> bool:
    """Return True if the booking of an interview at `at` moves the application back to `interview_scheduled`.

    This is so if the client's decision was pending just before the booking.
    """
    if change.stage != "interview_scheduled":
        return change.stage in PENDING
    last, upcoming = interviews_as_of([x for x in interviews if x.booked_at < at], at)
    return effective(change, last, upcoming) == "interviewed"


def latest_reopening(changes: Sequence[StageChange], at: datetime) -> datetime | None:
    """Return when the application last moved from an ended stage to a stage that is not ended. Return None if never."""
    reopened_at, before = None, ""
    for change in changes:
        if change.at > at:
            break
        if before in ENDED and change.stage not in ENDED:
            reopened_at = change.at
        before = change.stage
    return reopened_at


_BOOKED, _FOLLOWED_UP, _STARTED, _RECORDED = range(4)

_Move = tuple[datetime, int, Transition | Interview | Interaction | Milestone]


def _moves(history: History) -> list[_Move]:
    """Return the facts that may move the application to another stage, in the order in which they apply.

    Each is a tuple of the instant, the rank among facts of that instant, and the fact.
    """
    opened_at = history.opened_at
    recorded = {transition.at for transition in history.transitions}
    found: list[_Move] = [
        (interview.booked_at, _BOOKED, interview)
        for interview in history.interviews
        if interview.booked_at > opened_at and interview.booked_at not in recorded
    ]
    for x in [x for x in history.interactions if x.purpose == "interview_follow_up"]:
        if is_follow_up(x):
            at = _moving_instant(x, history.interviews)
            if at is not None and at > opened_at and at not in recorded:
                found.append((at, _FOLLOWED_UP, x))
    found += [
        (milestone.at, _STARTED, milestone)
        for milestone in history.milestones
        if milestone.kind == "started" and milestone.at > opened_at and milestone.at not in recorded
    ]
    found += [(max(transition.at, opened_at), _RECORDED, transition) for transition in history.transitions]
    found.sort(key=_when_and_rank)
    return found


def _when_and_rank(move: tuple[datetime, int, object]) -> tuple[datetime, int]:
    return move[0], move[1]


def _moving_instant(x: Interaction, interviews: Iterable[Interview]) -> datetime | None:
    """Return when a follow-up can move the stage: its own instant, but not before its interview has ended.

    Return None if the follow-up names an interview that does not exist.
    """
    if x.interview_id is None:
        return x.at
    for interview in interviews:
        if interview.id == x.interview_id:
            return max(x.at, interview.ends_at)
    return None
