"""Checks of a thank-you note: `check_draft` returns findings for a draft and the facts about its interview."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Literal, TypeVar

from app.rules.wording import date_text
from app.thank_you.draft import Draft, Span, topic_words

T = TypeVar("T")
Severity = Literal["fix", "consider"]
Code = Literal[
    "no_thanks",
    "too_long",
    "long",
    "nothing_specific",
    "no_interest",
    "forgot_to_mention",
    "negative",
    "asks_for_answer",
    "follow_up_question",
    "promised_missing",
    "too_late",
    "unwelcome",
    "via_recruiter",
]

STAFF_FINDERS = "What to do after a job interview (Staff Finders)"
CAREERBUILDER = "6 Things You Should Do After The Job Interview (CareerBuilder)"
PAXUS = "Top 5 things to do after a job interview (Paxus)"
MINING_PEOPLE = "The best and worst things to do after a job interview (Mining People International)"
DOS_AND_DONTS = "Do's and don'ts after a job interview"

MAX_EACH = 10
"""The maximum number of findings with the same code."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem in a thank-you note, to correct or to consider before the note is sent."""

    code: Code
    severity: Severity
    sentence: str
    guidance: str
    at: Span | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """An open promise of the candidate to the client, which the note could fulfil."""

    description: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Occasion:
    """The facts about an interview with which the checks compare the thank-you note."""

    topics: frozenset[str] = frozenset()
    """Words that show that the note is about this interview: from the job's title, the organisation's name and recorded
    notes."""
    is_same_day: bool = False
    is_late: bool = False
    style: str = "direct"
    """The organisation's wish about thank-you notes: `direct`, `via_recruiter` or `unwelcome`."""
    promises: tuple[Promise, ...] = field(default=())
    """Open promises of the candidate that are due within two days."""


def check_draft(draft: Draft, occasion: Occasion | None) -> tuple[list[Finding], list[Code]]:
    """Return the findings for a draft, those to fix first, and the codes of the checks that were skipped.

    A check is skipped if the facts to compare the draft with are missing.
    """
    skipped: list[Code] = []
    found = [*_thanks(draft), *_length(draft), *_interest(draft), *_forgotten(draft), *_negative(draft)]
    found += _questions(draft, same_day=occasion is not None and occasion.is_same_day)
    if occasion is None:
        skipped += ["nothing_specific", "promised_missing", "too_late", "unwelcome", "via_recruiter"]
    else:
        found += [*_style(occasion), *_lateness(occasion), *_promises(draft, occasion)]
        if occasion.topics:
            found += _specific(draft, occasion.topics)
        else:
            skipped.append("nothing_specific")
    return sorted(found, key=lambda one: (one.severity != "fix", one.at or (-1, -1))), skipped


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


# --- Required content ---

_THANKS = _any(r"thank(?:s|ed|ing|ful)?(?! (?:you )?in advance)", "grateful", r"gratitude", r"appreciat\w+")
_INTEREST = _any(
    "excite(?:d|s)", "exciting", r"enthusias\w+", "keen", r"look(?:ing)? forward", "interest(?:ed|s)?", "thrilled",
    "delighted", "eager", "would love", "'d love",
)  # fmt: skip
_NO_INTEREST = re.compile(
    r"\b(?:not|no longer|isn't|wasn't|n't)\s+(?:be |so |very |really |as |that |all that )?"
    r"(?:interested|keen|excited|enthusiastic)\b|\bno interest\b",
    re.IGNORECASE,
)


def _thanks(draft: Draft) -> Iterator[Finding]:
    if not _has(draft, _THANKS):
        yield Finding("no_thanks", "fix", "Thank them for their time: the note does not do so yet.", STAFF_FINDERS)


def _interest(draft: Draft) -> Iterator[Finding]:
    denied = [found.span() for found in draft.find(_NO_INTEREST)]
    said = [found.span() for found in draft.find(_INTEREST)]
    if not any(not any(start >= first and end <= last for first, last in denied) for start, end in said):
        yield Finding(
            "no_interest",
            "consider",
            "Say that you are still interested in the role: the note does not do so yet.",
            f"{STAFF_FINDERS}; {DOS_AND_DONTS}",
        )


_LIMITS: tuple[tuple[Code, Severity, int, int], ...] = (("too_long", "fix", 200, 12), ("long", "consider", 120, 7))


def _length(draft: Draft) -> Iterator[Finding]:
    words = len(draft.words)
    for code, severity, most_words, most_lines in _LIMITS:
        if words > most_words or draft.lines > most_lines:
            size = f"{words} words" if words > most_words else f"{draft.lines} lines"
            yield Finding(
                code,
                severity,
                f"Shorten it: it has {size}, and four or five lines are enough.",
                f"{DOS_AND_DONTS}; {STAFF_FINDERS}",
            )
            return


def _specific(draft: Draft, topics: frozenset[str]) -> Iterator[Finding]:
    if not topics & topic_words(draft.plain, 2):
        yield Finding(
            "nothing_specific",
            "consider",
            "Name one thing that you talked about: nothing in the note is of this interview alone.",
            f"{STAFF_FINDERS}; {CAREERBUILDER}",
        )


# --- Content to avoid ---

_FORGOTTEN = _any(
    r"forg[eo]t(?:ten)? to (?:mention|say|tell|add|bring up|ask|point out)",
    r"should(?: have|'ve) (?:said|mentioned|told)", "what i meant",
    r"(?:i )?meant to (?:say|mention|tell|add)", r"wish i(?: had|'d) (?:said|mentioned|told)",
)  # fmt: skip
_NEGATIVE = _any(
    "unfortunately", "nervous(?:ness)?", r"apologi[sz]e[sd]?", "apolog(?:y|ies)", "weakness(?:es)?", "mistakes?",
    "badly", "failed", r"sorry(?! (?:for|about) the delay)(?! to hear)", "regret", "disappoint(?:ed|ing|ment)",
    "desperate",
)  # fmt: skip


def _forgotten(draft: Draft) -> Iterator[Finding]:
    for found in _first(draft.find(_FORGOTTEN)):
        yield Finding(
            "forgot_to_mention",
            "fix",
            f"Take out “{found.group()}”: it draws attention to what went wrong in the interview.",
            MINING_PEOPLE,
            found.span(),
        )


def _negative(draft: Draft) -> Iterator[Finding]:
    for found in _first(draft.find(_NEGATIVE)):
        yield Finding(
            "negative",
            "consider",
            f"Say it without “{found.group().lower()}”: the note should leave nothing negative behind.",
            STAFF_FINDERS,
            found.span(),
        )


_ANSWERS = _any(
    "decisions?", "decid(?:e|es|ed|ing)", "feedback", r"hear(?:ing)? back", "when will", "timelines?", "outcomes?",
    r"how (?:did|do) (?:i|you think i) (?:do|did|go|went)", "any news",
    r"(?:did|have) i (?:get|got|made?)",
)  # fmt: skip
_ASKING = re.compile(
    r"\b(?:please|kindly|(?:let|tell|give|send) me|(?:would|'d) (?:like|love|appreciate|be grateful for)|"
    r"(?:can|could|may|might) (?:i|you)|waiting for|awaiting)\b",
    re.IGNORECASE,
)
_POLITE_WAIT = re.compile(r"\blook(?:ing)? forward to\b", re.IGNORECASE)
_OFFERS = re.compile(
    r"\banything (?:else|more|further)\b|"
    r"\b(?:more|further|additional|other|any) (?:information|documents?|documentation|details?|references|referees)\b|"
    r"\b(?:can|could|may|should|shall) i (?:send|provide|help|give|bring|forward)\b|"
    r"\b(?:do|would|should) you (?:need|require|like (?:me to|to see|any))\b|\bhow are you\b",
    re.IGNORECASE,
)


def _questions(draft: Draft, *, same_day: bool) -> Iterator[Finding]:
    """Yield a finding for each question or request in the draft.

    Offers of more information are welcome (Do's and don'ts).
    """
    return _first(_asked(draft, same_day))


def _asked(draft: Draft, same_day: bool) -> Iterator[Finding]:
    for span, sentence in draft.sentences:
        is_question = sentence.rstrip("\"')]").endswith("?")
        requests = _ASKING.search(sentence) and not _POLITE_WAIT.search(sentence)
        if _ANSWERS.search(sentence) and (is_question or requests):
            yield Finding(
                "asks_for_answer",
                "fix" if same_day else "consider",
                "Leave out the question of how it went or what was decided: "
                + ("nobody wants it on the day of the interview." if same_day else "your recruiter will ask for you."),
                MINING_PEOPLE,
                span,
            )
        elif is_question and not _OFFERS.search(sentence):
            yield Finding(
                "follow_up_question",
                "consider",
                "Leave out the question, and keep it for the next meeting.",
                MINING_PEOPLE,
                span,
            )


# --- Time and receiver ---


def _style(occasion: Occasion) -> Iterator[Finding]:
    if occasion.style == "unwelcome":
        yield Finding("unwelcome", "fix", "Do not send it: this client does not want thank-you notes.", PAXUS)
    elif occasion.style == "via_recruiter":
        yield Finding(
            "via_recruiter", "fix", "Send it to your recruiter: this client wants thank-you notes through us.", PAXUS
        )


def _lateness(occasion: Occasion) -> Iterator[Finding]:
    if occasion.is_late:
        yield Finding(
            "too_late",
            "consider",
            "Ask yourself whether it still helps: a thank-you note should come within two days.",
            CAREERBUILDER,
        )


def _promises(draft: Draft, occasion: Occasion) -> Iterator[Finding]:
    said = topic_words(draft.plain)
    for promise in occasion.promises[:MAX_EACH]:
        if not topic_words(promise.description) & said:
            yield Finding(
                "promised_missing",
                "consider",
                f"Send along what you promised by {date_text(promise.due_on)}: {promise.description.rstrip('.')}.",
                MINING_PEOPLE,
            )


def _has(draft: Draft, pattern: re.Pattern[str]) -> bool:
    return next(draft.find(pattern), None) is not None


def _first(found: Iterable[T]) -> Iterator[T]:
    return islice(found, MAX_EACH)
