"""The 409 error of writes about an erased candidate."""

from app.kit.errors import Problem, conflict

ERASED = "candidate_erased"
"""The error code of every refused write about an erased candidate."""


def candidate_erased() -> Problem:
    """Return the error 409 that refuses a write about an erased candidate, to be raised by the caller."""
    return conflict(ERASED, "This candidate was erased; nothing can be recorded about them any more.")
