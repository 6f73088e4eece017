"""The stage history of section 3: transitions in the order of their times, and three moves that follow from facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from app.rules.history import History, Interaction, Interview, Milestone

PENDING = ("interviewed", "awaiting_decision", "reference_check", "screening")
ENDED = ("placed", "rejected", "withdrawn", "offer_declined", "cancelled")
MISSED = ("cancelled", "no_show")


class Entry(NamedTuple):
    """A stage and when it was entered."""

    at: datetime
    stage: str


def held(interviews: Sequence[Interview], at: datetime) -> list[Interview]:
    """Return the interviews held at an instant, as known then, the last one last."""
    found = [x for x in interviews if x.status_as_of(at) not in MISSED and x.booked_at <= at and x.ends_at <= at]
    return sorted(found, key=lambda x: (x.ends_at, x.round, x.id))


def upcoming(interviews: Sequence[Interview], at: datetime) -> list[Interview]:
    """Return the interviews that are still to end at an instant, as known then."""
    return [x for x in interviews if x.status_as_of(at) not in MISSED and x.booked_at <= at and x.ends_at > at]


def effective_stage(entry: Entry, interviews: Sequence[Interview], at: datetime) -> str:
    """Return the stage, or `interviewed` where the round for which it is scheduled has been held."""
    done = held(interviews, at)
    if entry.stage == "interview_scheduled" and done and not upcoming(interviews, at) and done[-1].ends_at >= entry.at:
        return "interviewed"
    return entry.stage


def is_about(x: Interaction, interview: Interview) -> bool:
    """Return whether it names the interview and is since its start, or names none and is since its end."""
    if x.interview_id is None:
        return x.at >= interview.ends_at
    return x.interview_id == interview.id and x.at >= interview.starts_at


def is_follow_up(x: Interaction) -> bool:
    """Return whether it is between recruiter and client about an interview, from the recruiter or two-way."""
    if x.automatic or x.purpose != "interview_follow_up" or {x.sender, x.receiver} != {"recruiter", "client"}:
        return False
    return x.sender == "recruiter" or x.two_way


def stage_history(history: History, now: datetime) -> list[Entry]:
    """Return every stage entered, the opening first, from the history as of `now`."""
    entries = [Entry(history.opened_at, history.opening_stage)]
    # A transition from before the opening takes effect with the opening.
    moves = [(max(x.at, history.opened_at), x) for x in history.transitions]
    taken = {x.at for x in history.transitions}
    derived = [(at, fact) for at, fact in _derived(history) if history.opened_at < at <= now and at not in taken]
    instants = sorted({at for at, _ in moves if at <= now} | {at for at, _ in derived})
    for instant in instants:
        for at, transition in moves:
            if at == instant:
                entries.append(Entry(at, transition.to))
        for at, fact in derived:
            if at == instant:
                stage = _moved_to(fact, at, entries[-1], history, now)
                if stage is not None:
                    entries.append(Entry(at, stage))
    return entries


def _derived(history: History) -> list[tuple[datetime, Interview | Interaction | Milestone]]:
    """Return the facts that may move the stage, each with the instant at which it would."""
    found: list[tuple[datetime, Interview | Interaction | Milestone]] = [(x.booked_at, x) for x in history.interviews]
    ends = {x.id: x.ends_at for x in history.interviews}
    follow_ups = [x for x in history.interactions if is_follow_up(x)]
    found.extend((max(x.at, ends.get(x.interview_id or "", x.at)), x) for x in follow_ups)
    found.extend((x.at, x) for x in history.milestones if x.kind == "started")
    return found


def _moved_to(
    fact: Interview | Interaction | Milestone, at: datetime, entry: Entry, history: History, now: datetime
) -> str | None:
    """Return the stage that a fact moves to, by what was known at that instant, or None where it moves nothing."""
    if isinstance(fact, Milestone):
        return "placed" if entry.stage in ("offer", "accepted") else None
    if isinstance(fact, Interview):
        before = [x for x in history.interviews if x.booked_at < at]
        return "interview_scheduled" if effective_stage(entry, before, at) in PENDING else None
    done = held(history.interviews, at)
    if not done or not is_about(fact, done[-1]) or done[-1].status_as_of(now) in MISSED:
        return None
    return "awaiting_decision" if effective_stage(entry, history.interviews, at) == "interviewed" else None


def reopened_at(entries: Sequence[Entry]) -> datetime | None:
    """Return when the application was last moved from an ended stage to one that is not."""
    found = [later.at for earlier, later in pairwise(entries) if earlier.stage in ENDED and later.stage not in ENDED]
    return found[-1] if found else None
