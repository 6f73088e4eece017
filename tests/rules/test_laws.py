"""The engine's five laws, over random histories, policies and instants."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.rules.action_kinds import Action, explain_action, prompts_for
from app.rules.assess import assess
from app.rules.contact_check import check_contact
from app.rules.flags import explain
from app.rules.follow_up_window import explain_window
from app.rules.history import History, Interaction
from app.rules.stages import STAGES
from tests.rules.histories import LAW, Question, questions

_INSTANT = timedelta(microseconds=1)

_MAX_EARLY_PROMISES = 3
"""How many promised instants in a row may pass without a change: a promise may be early."""


@LAW
@given(questions())
def test_any_history_gives_an_assessment(question: Question):
    history, policy, now = question
    found = assess(history, policy, now)
    assert found.stage in STAGES
    assert found.effective_stage in STAGES
    assert len({flag.kind for flag in found.flags}) == len(found.flags)
    assert len({(action.kind, action.subject) for action in found.actions}) == len(found.actions)
    assert all(flag.since <= now for flag in found.flags)
    subjects = {fact.id for facts in (history.commitments, history.checks) for fact in facts}
    assert {action.subject for action in found.actions} <= {"", *subjects}


@LAW
@given(questions())
def test_the_same_question_has_the_same_answer_and_reads_only_what_had_happened(question: Question):
    history, policy, now = question
    found = assess(history, policy, now)
    assert found == assess(replace(history), policy, now)
    assert found == assess(history.as_of(now), policy, now)
    assert history.as_of(now) == history.as_of(now).as_of(now)


@LAW
@given(questions())
def test_the_answer_stays_as_it_is_until_the_next_change(question: Question):
    history, policy, now = question
    found = assess(history, policy, now)
    known = history.as_of(now)
    assert found.next_change_at is None or found.next_change_at > now
    for at in _instants_before_the_change(known, now, found.next_change_at):
        later = assess(known, policy, at)
        assert later == found, f"{at} differs from {now}"


def _instants_before_the_change(history: History, now: datetime, change: datetime | None) -> list[datetime]:
    """Return every local midnight with the instant before it, the hours of the first days, and the last valid
    instant."""
    end = change or now + timedelta(days=400)
    instants = {now, end - _INSTANT} if change else {now, end, now + timedelta(days=4000)}
    instants |= {now + (end - now) * n / 7 for n in range(7)}
    instants |= {now + timedelta(hours=n) for n in range(72) if now + timedelta(hours=n) < end}
    for place in {history.agency, history.client, history.candidate}:
        day = place.day(now)
        while (day := day + timedelta(days=1)) < place.day(now) + timedelta(days=120) and place.sod(day) < end:
            instants |= {place.sod(day), place.sod(day) - _INSTANT}
    return sorted(at for at in instants if at >= now and (change is None or at < change))


@LAW
@given(questions())
def test_the_promise_is_near_but_not_restless(question: Question):
    history, policy, now = question
    known, at, wakes = history.as_of(now), now, 0
    while at < now + timedelta(days=20):
        step = assess(known, policy, at).next_change_at
        if step is None:
            break
        at, wakes = step, wakes + 1
    assert wakes <= 3 * 20 + 40


@LAW
@given(questions())
def test_where_nothing_rolls_the_answer_changes_within_a_few_promises(question: Question):
    history, policy, now = question
    found = step = assess(history, policy, now)
    if now < history.opened_at or any(_rolls(action) for action in found.actions):
        return
    for _ in range(_MAX_EARLY_PROMISES + 1):
        if step.next_change_at is None:
            return
        step = assess(history.as_of(now), policy, step.next_change_at)
        if replace(step, next_change_at=None) != replace(found, next_change_at=None):
            return
    raise AssertionError(f"nothing has changed by {step.next_change_at}")


def _rolls(action: Action) -> bool:
    return action.kind in ("check_in_candidate", "chase_client", "chase_commitment", "chase_check")


@LAW
@given(questions(), st.integers(0, 400))
def test_a_flag_explains_itself_from_what_it_carries(question: Question, days: int):
    history, policy, now = question
    found = assess(history, policy, now)
    facts = _ids(history.as_of(now))
    for flag in found.flags:
        assert set(flag.evidence) <= facts
        assert len(set(flag.evidence)) == len(flag.evidence)
        stored = replace(flag, detail=json.loads(json.dumps(flag.detail)))
        assert stored == flag
        _is_a_sentence(explain(stored, now))
        _is_a_sentence(explain(stored, now + timedelta(days=days)))
    for action in found.actions:
        stored_action = replace(action, detail=json.loads(json.dumps(action.detail)))
        _is_a_sentence(explain_action(stored_action, now + timedelta(days=days)))
        assert 2 <= len(prompts_for(action, now)) <= 3
    if found.follow_up_window is not None:
        _is_a_sentence(explain_window(found.follow_up_window, now))


def _is_a_sentence(text: str) -> None:
    assert text.endswith(".")
    assert not text.endswith("..")
    assert text[0].isupper()
    assert "None" not in text
    assert "_" not in re.sub(r"\([A-Z]\w+/[\w/]+\)", "", text), "only a time zone is named as code names it"


def _ids(history: History) -> set[str]:
    facts = (
        history.interactions,
        history.interviews,
        history.revisions,
        history.commitments,
        history.transitions,
        history.checks,
        history.milestones,
        history.keep_warm,
        history.heard_elsewhere,
        history.contacts_elsewhere,
    )
    return {fact.id for kind in facts for fact in kind}


@LAW
@given(questions(), st.integers(0, 2**32))
def test_the_order_of_the_facts_does_not_matter(question: Question, seed: int):
    history, policy, now = question
    shuffle = random.Random(seed)
    lists = (
        "interactions",
        "interviews",
        "revisions",
        "commitments",
        "transitions",
        "waivers",
        "checks",
        "milestones",
        "keep_warm",
        "heard_elsewhere",
        "contacts_elsewhere",
        "away",
    )
    shuffled: Any = {name: tuple(shuffle.sample(getattr(history, name), len(getattr(history, name)))) for name in lists}
    assert assess(replace(history, **shuffled), policy, now) == assess(history, policy, now)


@LAW
@given(questions())
def test_a_contact_check_names_the_first_time_at_which_nothing_speaks_against_it(question: Question):
    history, policy, now = question
    if not history.interactions:
        return
    asked = replace(history.interactions[-1], id="x-asked", at=now)
    found = check_contact(history, policy, asked)
    assert found.ok == (not found.flags)
    assert len(found.reasons) == len(found.flags)
    known = history.as_of(now)
    ways = [replace(asked, channel=channel) for channel in found.channels] or [asked]
    if found.channels and found.until is None:
        assert all(check_contact(known, policy, way).ok for way in ways)
    if found.until is None:
        return
    assert found.until > now
    assert all(check_contact(known, policy, replace(way, at=found.until)).ok for way in ways)
    for at in _instants_before_the_change(known, now, found.until)[:150]:
        assert not check_contact(known, policy, replace(ways[0], at=at)).ok, f"fine already at {at}"


_PARTIES, _CHANNELS = ("candidate", "recruiter", "client"), ("phone", "email", "linkedin", "other")
_PURPOSES = ("thank_you", "chase", "feedback_request", "question", "unspecified", "check_in", "information", "offer")


@LAW
@given(questions(), st.integers(0, 2**32))
def test_a_contact_check_speaks_of_a_contact_that_has_not_been_made(question: Question, seed: int):
    history, policy, now = question
    draw = random.Random(seed)
    for _ in range(4):
        sender, receiver = draw.sample(_PARTIES, 2)
        channel, purpose = draw.choice(_CHANNELS), draw.choice(_PURPOSES)
        asked = Interaction("x-asked", now, sender, receiver, channel, purpose, draw.random() < 0.3)
        found = check_contact(history, policy, asked)
        assert {flag.kind for flag in found.flags} <= {*_CADENCE, "going_quiet"}
        assert sender == "candidate" or not _CADENCE & {flag.kind for flag in found.flags}
        for text in found.reasons:
            _is_a_sentence(text)
            assert text.startswith(("This would ", "It would "))


_CADENCE = {"over_contacting", "premature_contact", "off_channel_contact"}
