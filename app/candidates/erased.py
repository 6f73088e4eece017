"""Candidates who were erased: nobody writes to what is left of them, and nobody tells more of them."""

from app.kit.errors import Problem, conflict

ERASED = "candidate_erased"
"""The code of every refusal to write about somebody who was erased."""


def candidate_erased() -> Problem:
    """409 for whoever would tell something of them."""
    return conflict(ERASED, "This candidate was erased; nothing can be recorded about them any more.")
