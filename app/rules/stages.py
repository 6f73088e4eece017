"""Stages, the legal moves between them, and the stage history that follows from what was told and what happened."""

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
"""The effective stages in which the client owes a decision."""

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
"""Where an application may go from each stage. From an ended one only by reopening it, with a reason."""

NEEDS_REASON = frozenset({"rejected", "withdrawn", "offer_declined", "cancelled"})

OFFER_STAGES = frozenset({"offer", "accepted"})
"""The stages between the offer and the first day, which makes a placement."""

MISSED = frozenset({"cancelled", "no_show"})
"""The statuses of an interview that did not take place."""


def legal_moves(stage: str) -> tuple[str, ...]:
    """The stages an application may move to from this one. Raises KeyError for a word that is no stage."""
    return MOVES[stage]


def shortest_path(stage: str, effective: str, to: str) -> tuple[str, ...]:
    """The shortest way of legal moves to a stage, for what was moved elsewhere already: empty where it stands there.

    It passes through active stages only; an ended application is reopened by its first step.
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
    """A move into a stage: when, and by which fact. The opening is the first of them and has no fact of its own."""

    at: datetime
    stage: str
    cause: str
    fact_id: str


def interviews_as_of(interviews: Iterable[Interview], at: datetime) -> tuple[Interview | None, Interview | None]:
    """The last interview held, and the next one still to end, as they were known then."""
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
    """Return the stage as the interviews show it: one held since entering it and none to come is interviewed."""
    if change.stage == "interview_scheduled" and upcoming is None and last is not None and last.ends_at >= change.at:
        return "interviewed"
    return change.stage


def awaits_booking(effective: str, upcoming: Interview | None) -> bool:
    """Return whether an interview is to come and none is booked: the condition of `nothing_booked`."""
    return effective == "interview_scheduled" and upcoming is None


def stage_history(history: History, now: datetime) -> tuple[StageChange, ...]:
    """Return every stage the application has been in up to `now`, in order of time, with the causes.

    A transition always applies: into the stage where the application already is, it enters that stage again. The moves
    that follow from a booking, a follow-up or a first day happen only after the opening, and give way to a transition
    at the same instant. A follow-up of an interview that has turned out missed or cancelled by `now` moves nothing.
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
    """Return whether the stage was effectively a pending one just before a booking at this instant."""
    if change.stage != "interview_scheduled":
        return change.stage in PENDING
    last, upcoming = interviews_as_of([x for x in interviews if x.booked_at < at], at)
    return effective(change, last, upcoming) == "interviewed"


def latest_reopening(changes: Sequence[StageChange], at: datetime) -> datetime | None:
    """Return when the application last moved from an ended stage to one that is not, or None."""
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
    """The facts that may move the stage, in the order in which they do."""
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
    """When a follow-up can move the stage: as it happens, but not before the interview that it names has ended."""
    if x.interview_id is None:
        return x.at
    for interview in interviews:
        if interview.id == x.interview_id:
            return max(x.at, interview.ends_at)
    return None
