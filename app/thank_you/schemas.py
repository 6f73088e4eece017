"""Wire shapes of the check of a thank-you note."""

from typing import Annotated

from pydantic import Field

from app.applications.facts.schemas import InterviewId
from app.kit.fields import Id, Line, Out, Verbatim
from app.kit.parents import Referring
from app.thank_you.checks import Code, Severity


class ThankYouCheckIn(Referring):
    """A draft of a thank-you note. It is read once; nothing of it is kept or logged."""

    text: Verbatim
    """The whole note, from greeting to name. It is neither kept nor logged."""
    interview_id: InterviewId | None = None
    """The interview that the note is about. Without it, only the text itself is checked."""
    language: Line = "en"
    """The language of the note. Only English can be checked: `en`, or a form of it such as `en-AU`."""


class ThankYouFinding(Out):
    """Something to put right before the note is sent, or to think about."""

    code: Code
    severity: Severity
    """`fix`: do not send it like this. `consider`: a matter of taste or of the moment."""
    sentence: str
    """What to do, in one sentence."""
    guidance: str
    at: Annotated[list[int], Field(min_length=2, max_length=2, examples=[[55, 62]])] | None
    """Where it stands: its first character and the one after its last, counted in Unicode characters from 0.
    Null where it is about the whole note."""


class ThankYouCheckOut(Out):
    """What to change in a draft, the findings to fix first. No findings: it can be sent."""

    interview_id: Id | None
    words: int
    """How many words the note has."""
    findings: list[ThankYouFinding]
    """What to change."""
    cannot_tell: list[Code]
    """The checks that were left out, since nothing is known to compare the note with."""
