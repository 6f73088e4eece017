"""Which follow-up and which debrief belong to which interview."""

from __future__ import annotations

from app.rules.history import CANDIDATE, CLIENT, RECRUITER, Interaction, Interview


def is_follow_up(x: Interaction) -> bool:
    """Between recruiter and client about an interview, from the recruiter or with both sides speaking."""
    if x.purpose != "interview_follow_up" or x.automatic:
        return False
    if x.sender == RECRUITER:
        return x.receiver == CLIENT
    return x.two_way and x.sender == CLIENT and x.receiver == RECRUITER


def is_debrief(x: Interaction) -> bool:
    """Between candidate and recruiter about an interview, from the candidate or with both sides speaking."""
    if x.purpose != "debrief" or x.automatic:
        return False
    if x.sender == CANDIDATE:
        return x.receiver == RECRUITER
    return x.two_way and x.sender == RECRUITER and x.receiver == CANDIDATE


def is_about_interview(x: Interaction, interview: Interview) -> bool:
    """It names the interview and happened since its start, or names none and happened since its end."""
    if x.interview_id is None:
        return x.at >= interview.ends_at
    return x.interview_id == interview.id and x.at >= interview.starts_at
