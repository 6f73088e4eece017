"""Schemas of the structured notes that a follow-up or a debrief stores on its interaction."""

from typing import Annotated, Required

from pydantic import Field
from typing_extensions import TypedDict

Rating = Annotated[int, Field(ge=1, le=5, strict=True)]


class StruggleNote(TypedDict, total=False):
    """A question of the interview that the candidate found hard, as stored."""

    question: Required[str]
    why: str


class CompanyFitNotes(TypedDict, total=False):
    """The candidate's ratings of the organisation, each from 1 (not at all) to 5 (wholly), as stored."""

    fit: Rating
    growth: Rating
    culture: Rating
    values: Rating
    happy: Rating


class CallDetails(TypedDict, total=False):
    """Structured notes of a follow-up or a debrief. Notes that were not given are absent."""

    enthusiasm_conveyed: bool
    feedback: str
    next_step: str
    went_well: str
    struggled_with: list[StruggleNote]
    interviewer_reactions: str
    learned: str
    company_fit: CompanyFitNotes
    interest: Rating
    concerns: str
