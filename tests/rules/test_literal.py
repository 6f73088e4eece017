"""The engine, which goes through a history once, says what the specification says read word by word."""

from __future__ import annotations

from collections import Counter

from hypothesis import given

from app.rules.assess import assess
from tests.rules.histories import LAW, Question, question, questions
from tests.rules.literal import Literal

FLAGS = {
    "going_quiet": ("watch", "warning", "critical"),
    "client_quiet": ("watch", "warning", "critical"),
    "reply_owed": ("watch", "warning", "critical"),
    "update_owed": ("watch", "warning", "critical"),
    "over_contacting": ("watch", "warning", "critical"),
    "premature_contact": ("watch", "warning"),
    "off_channel_contact": ("watch", "warning"),
    "follow_up_overdue": ("warning", "critical"),
    "debrief_overdue": ("watch", "warning"),
    "timeline_missing": ("watch", "warning"),
    "timeline_overdue": ("warning", "critical"),
    "commitment_overdue": ("watch", "warning"),
    "nothing_booked": ("watch", "warning"),
    "closure_owed": ("watch", "warning", "critical"),
    "check_overdue": ("watch", "warning", "critical"),
    "resignation_overdue": ("watch", "warning", "critical"),
    "counter_offer_open": ("warning", "critical"),
    "start_unsettled": ("watch", "warning", "critical"),
}
"""The severities that the specification gives to each kind of flag."""

ACTIONS = (
    "follow_up_hiring_manager",
    "retry_follow_up",
    "debrief_candidate",
    "remind_thank_you",
    "ask_timeline",
    "chase_decision",
    "chase_client",
    "check_in_candidate",
    "reply_to_candidate",
    "reply_to_client",
    "update_candidate",
    "coach_candidate",
    "keep_commitment",
    "chase_commitment",
    "book_interview",
    "close_loop",
    "close_application",
    "collect_referees",
    "warn_referee",
    "prepare_for_check",
    "take_reference",
    "chase_check",
    "get_in_writing",
    "support_resignation",
    "call_after_resignation",
    "talk_counter_offer",
    "agree_start",
    "start_call",
    "notice_check_in",
    "keep_in_touch",
)
"""The kinds of actions of the specification."""


@LAW
@given(questions())
def test_the_engine_says_what_the_specification_says(question: Question):
    history, policy, now = question
    found = assess(history, policy, now)
    literal = Literal(history, policy, now)
    assert {flag.kind.value: flag.severity.value for flag in found.flags} == literal.flags
    assert {flag.kind.value: flag.since for flag in found.flags} == literal.since
    for flag in found.flags:
        if flag.kind.value in literal.evidence:
            assert set(flag.evidence) == literal.evidence[flag.kind.value]
    actions = sorted((x.kind.value, x.subject, x.opens_at, x.due_at) for x in found.actions)
    assert actions == [tuple(x) for x in literal.actions]
    window = found.follow_up_window
    assert (window and window.opens_on) == literal.window
    assert tuple(found.court) == literal.court


def test_random_histories_reach_every_rule():
    reached: Counter[tuple[str, str]] = Counter()
    for seed in range(3000):
        literal = Literal(*question(seed))
        reached.update(literal.flags.items())
        reached.update((kind, "") for kind in literal.kinds())
    wanted = {(kind, severity) for kind, severities in FLAGS.items() for severity in severities}
    wanted |= {(kind, "") for kind in ACTIONS}
    assert set(reached) == wanted
    assert min(reached.values()) >= 15, f"seldom reached: {reached.most_common()[-5:]}"
