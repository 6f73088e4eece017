"""Request and response schemas of the thank-you check."""

from typing import Annotated

from pydantic import Field

from app.applications.facts.schemas import InterviewId
from app.kit.field_types import Id, Line, Out, Verbatim
from app.kit.parent_refs import Referring
from app.thank_you.checks import Code, Severity


class ThankYouCheckIn(Referring):
    """A draft of a thank-you note. It is neither stored nor logged."""

    text: Verbatim
    """The whole note, from greeting to name. It is neither stored nor logged."""
    interview_id: InterviewId | None = None
    """The interview after which the note is sent. Without an interview, only the text itself is checked."""
    language: Line = "en"
    """The language of the note. Only English can be checked: `en`, or a form of it such as `en-AU`."""


class ThankYouFinding(Out):
    """A problem in the note, to correct or to consider before the note is sent."""

    code: Code
    severity: Severity
    """`fix`: correct the note before it is sent. `consider`: a matter of taste or of the moment."""
    sentence: str
    """The change to make in the note, in one sentence."""
    guidance: str
    at: Annotated[list[int], Field(min_length=2, max_length=2, examples=[[55, 62]])] | None
    """The position of the problem in the text: its first character and the character after its last. Characters are
    Unicode characters, counted from 0. Null if the finding is about the whole note."""


class ThankYouCheckOut(Out):
    """The findings for a draft, those to fix first. A draft without findings can be sent."""

    interview_id: Id | None
    words: int
    """The number of words in the note."""
    findings: list[ThankYouFinding]
    """The problems found in the note."""
    cannot_tell: list[Code]
    """The codes of the checks that were skipped, because there are no facts to compare the note with."""
