"""The engine, which goes through a history once, says what the specification says read word by word."""

from __future__ import annotations

from hypothesis import given

from app.rules.assess import assess
from tests.rules.histories import LAW, Question, questions
from tests.rules.literal import Literal

EVIDENCE_IS_SPELT_OUT = frozenset(
    {
        "reply_owed",
        "over_contacting",
        "premature_contact",
        "off_channel_contact",
        "follow_up_overdue",
        "debrief_overdue",
        "timeline_missing",
        "timeline_overdue",
        "commitment_overdue",
    }
)


@LAW
@given(questions())
def test_the_engine_says_what_the_specification_says(question: Question):
    history, policy, now = question
    found = assess(history, policy, now)
    literal = Literal(history, policy, now)
    literal.assess()
    assert {flag.kind.value: flag.severity.value for flag in found.flags} == literal.flags
    assert sorted(action.kind.value for action in found.actions) == sorted(literal.actions)
    for flag in found.flags:
        if flag.kind in EVIDENCE_IS_SPELT_OUT:
            assert set(flag.evidence) == literal.evidence[flag.kind]
    window = found.follow_up_window
    at_rest = now < history.opened_at or literal.stage == "on_hold"
    assert (window and window.opens_on) == (None if at_rest else literal.shown_window())
