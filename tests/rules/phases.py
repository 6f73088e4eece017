"""Phases of random histories: the interactions, the stages and the facts of a typical application."""

from __future__ import annotations

from typing import NamedTuple

from app.rules.stages import ACTIVE, STAGES

PARTIES = ("candidate", "recruiter", "client")
SAID = (
    (
        "candidate",
        "recruiter",
        ("chase", "chase", "question", "unspecified", "feedback_request", "thank_you", "debrief"),
    ),
    ("candidate", "client", ("chase", "thank_you", "feedback_request", "unspecified", "information", "scheduling")),
    ("recruiter", "candidate", ("check_in", "question", "information", "coaching", "offer", "debrief", "scheduling")),
    ("recruiter", "client", ("interview_follow_up", "interview_follow_up", "chase", "question", "unspecified")),
    ("client", "recruiter", ("answer", "information", "interview_follow_up", "question", "chase", "unspecified")),
    ("client", "candidate", ("scheduling", "question", "information", "offer")),
)
CHASED = (
    ("candidate", "client", ("chase", "feedback_request", "unspecified")),
    ("candidate", "recruiter", ("chase", "chase", "feedback_request", "question")),
    ("recruiter", "candidate", ("answer", "check_in")),
)
PRESSED = (("candidate", "recruiter", ("chase", "feedback_request")),)
ASKED = (
    *(("candidate", "client", ("chase", "feedback_request")),) * 4,
    ("candidate", "recruiter", ("chase", "question")),
    ("recruiter", "candidate", ("coaching", "coaching", "answer")),
)
UNANSWERED = (
    ("recruiter", "client", ("chase", "question", "interview_follow_up")),
    ("recruiter", "candidate", ("check_in", "question", "offer")),
)
ENDINGS = ("rejected", "rejected", "cancelled", "cancelled", "withdrawn", "placed", "offer_declined")
WAITS = (*ACTIVE[:5], "interviewed", "awaiting_decision", "reference_check", "on_hold")
YES = ("offer", "accepted", "accepted", "accepted")
MILESTONE_KINDS = (
    "written_offer",
    "written_offer",
    "resigned",
    "nothing_to_resign",
    "counter_offer",
    "counter_offer",
    "counter_offer_declined",
    "start_agreed",
    "start_agreed",
    "started",
)
FIRST_STEPS = (*("written_offer",) * 7, "resigned", "start_agreed", *("counter_offer",) * 3)
CHECK_KINDS = ("reference", "reference", "medical", "drug_alcohol", "background", "right_to_work", "licence", "other")


class Phase(NamedTuple):
    """The theme of a history: who says what, how often, and the stages it opens in and moves to.

    `moves` is the number of transitions. With `calls_at_once`, follow-up and debrief often come soon after an
    interview.
    """

    lines: tuple[tuple[str, str, tuple[str, ...]], ...]
    length: tuple[int, int]
    opens_in: tuple[str, ...]
    moves_to: tuple[str, ...]
    moves: tuple[int, ...]
    calls_at_once: bool = False
    checks: tuple[int, ...] = (0, 0, 1, 2)
    milestones: tuple[int, ...] = (0, 0, 1, 2)
    steps: tuple[str, ...] = MILESTONE_KINDS
    marks: tuple[int, ...] = (0, 0, 0, 1)
    revisions: tuple[int, ...] = (0, 0, 1, 2, 3)


BOOKED = ("interview_scheduled",)
ANYTHING = Phase(SAID, (0, 13), (*STAGES, *ACTIVE), STAGES, (0, 0, 1, 2, 3))
PENDING = Phase((*SAID[:2], *SAID), (0, 13), BOOKED, WAITS, (0, 0, 1, 2, 3))
CHASING = Phase((*CHASED[:1] * 4, *CHASED, *SAID[:1]), (8, 13), BOOKED, WAITS, (0, 0, 0, 0, 1), calls_at_once=True)
PRESSING = Phase((*PRESSED * 5, *SAID[2:]), (1, 3), BOOKED, WAITS, (0,), calls_at_once=True, revisions=(0, 0, 1))
ASKING = Phase(
    ASKED, (2, 6), BOOKED, ("offer", "accepted", *WAITS), (0, 0, 0, 1), calls_at_once=True, revisions=(1, 2, 3, 4)
)
SILENT = Phase((*UNANSWERED * 4, *SAID[:3]), (1, 5), (*BOOKED, "interviewed", "offer"), YES, (0, 0, 1))
JOINING = Phase((*SAID[2:3], *SAID), (0, 7), (*BOOKED, *YES), YES, (0, 1, 1, 2), milestones=(1, 2, 4))
RESIGNING = Phase(
    SAID[2:], (0, 3), YES[1:], YES[1:], (0, 1), checks=(0, 0, 0, 0, 1), milestones=(1, 2, 2), steps=FIRST_STEPS
)
ENDED = Phase((*SAID[:1], *SAID), (0, 4), (*BOOKED, "interviewed"), ENDINGS, (1, 1, 1, 2), marks=(0, 1, 1, 2))
OFTEN = (ANYTHING, PENDING, CHASING, ASKING, PRESSING, SILENT, RESIGNING, ENDED)
PHASES = (*OFTEN, *OFTEN, CHASING, PRESSING, PRESSING, SILENT, RESIGNING, RESIGNING, JOINING, ENDED)
CHANNELS = ("phone", "email", "email", "email", "linkedin", "facebook", "other_social", "whatsapp", "in_person")
