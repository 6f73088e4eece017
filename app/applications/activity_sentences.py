"""Text helpers of the activity timeline: turn texts that users wrote into one-line sentences, shortened if long."""

from collections.abc import Iterator, Mapping
from typing import Any

MAX_LENGTH = 300
"""The maximum number of characters that the timeline shows of one text. The stored fact keeps the whole text."""

_RATINGS = ("fit", "growth", "culture", "values", "happy")


def shortened(text: str) -> str:
    """Return the text in one line. A text of more than MAX_LENGTH characters is cut after a word and ends with `…`."""
    line = " ".join(text.split())
    if len(line) <= MAX_LENGTH:
        return line
    head = line[: MAX_LENGTH - 1]
    whole_words = head.rpartition(" ")[0]
    return f"{(whole_words or head).rstrip(' ,;:.')}…"


def closed(text: str) -> str:
    """Return the text with a full stop added, unless it ends with `.`, `?`, `!` or `…` already."""
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def sentences(*parts: str) -> str:
    """Join the non-empty parts into one text, each part closed with a full stop."""
    return " ".join(closed(part) for part in parts if part)


def labelled(label: str, text: str | None) -> str:
    """Return label and text as in `Feedback: Clear and calm`, or "" if the text is empty or None."""
    return f"{label}: {shortened(text)}" if text and text.strip() else ""


def call_words(details: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the structured notes of a follow-up call or a debrief as sentences. A note that is absent may yield ""."""
    said = details or {}
    if said.get("enthusiasm_conveyed") is not None:
        not_yet = "" if said["enthusiasm_conveyed"] else "not "
        yield f"The candidate's enthusiasm was {not_yet}conveyed"
    yield labelled("Feedback", said.get("feedback"))
    yield labelled("Next step", said.get("next_step"))
    yield labelled("Went well", said.get("went_well"))
    yield labelled("Struggled with", "; ".join(map(_struggle, said.get("struggled_with") or ())))
    yield labelled("The interviewers' reactions", said.get("interviewer_reactions"))
    yield labelled("Learned", said.get("learned"))
    yield labelled("Concerns", said.get("concerns"))
    if said.get("interest") is not None:
        yield f"Interest: {said['interest']} of 5"
    fit = said.get("company_fit") or {}
    rated = [f"{name} {fit[name]}" for name in _RATINGS if fit.get(name) is not None]
    if rated:
        yield f"Company fit, of 5: {', '.join(rated)}"


def _struggle(question: Mapping[str, Any]) -> str:
    why = question.get("why")
    return f"{question['question'].rstrip('. ')} ({why.rstrip('. ')})" if why else str(question["question"])
