"""Matching of follow-ups and debriefs to the interviews that they are about."""

from __future__ import annotations

from app.rules.history import CANDIDATE, CLIENT, RECRUITER, Interaction, Interview


def is_follow_up(x: Interaction) -> bool:
    """Return True for an interview follow-up from the recruiter to the client, or as a talk between the two."""
    if x.purpose != "interview_follow_up" or x.automatic:
        return False
    if x.sender == RECRUITER:
        return x.receiver == CLIENT
    return x.two_way and x.sender == CLIENT and x.receiver == RECRUITER


def is_debrief(x: Interaction) -> bool:
    """Return True for an interview debrief from the candidate to the recruiter, or as a talk between the two."""
    if x.purpose != "debrief" or x.automatic:
        return False
    if x.sender == CANDIDATE:
        return x.receiver == RECRUITER
    return x.two_way and x.sender == RECRUITER and x.receiver == CANDIDATE


def is_about_interview(x: Interaction, interview: Interview) -> bool:
    """Return True if the interaction is about the interview.

    An interaction that names the interview must be after its start. An interaction that names no interview must be
    after the interview's end.
    """
    if x.interview_id is None:
        return x.at >= interview.ends_at
    return x.interview_id == interview.id and x.at >= interview.starts_at
