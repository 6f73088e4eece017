"""The refusal of writes about erased candidates."""

from app.kit.errors import Problem, conflict

ERASED = "candidate_erased"
"""The error code of every refused write about an erased candidate."""


def candidate_erased() -> Problem:
    """Return the 409 for a write about an erased candidate."""
    return conflict(ERASED, "This candidate was erased; nothing can be recorded about them any more.")
