"""The rule book says what the engine does: its worked examples are played, and every kind of flag has its chapter."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.rules.action_kinds import ActionKind
from app.rules.assess import assess
from app.rules.flags import CLEARS, GUIDANCE, FlagKind
from app.rules.stages import ACTIVE, MOVES, PAUSED
from tests.rules.scenario import check, history_of, instant, policy_of

BOOK = (Path(__file__).parents[2] / "app" / "rules" / "README.md").read_text(encoding="utf-8")
COURT = re.findall(r"^\| (\d+)\w\w (\d\d):00 \| .* \| ([^|]+) \|$", BOOK, re.MULTILINE)
"""Day, hour and answer of each row of the court's table."""
CHAPTERS = dict(re.findall(r"^## `(\w+)`: (.*?)(?=^## |\Z)", BOOK, re.MULTILINE | re.DOTALL))


def examples(kind: str) -> list[dict[str, Any]]:
    """Return the worked examples of a chapter."""
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", CHAPTERS[kind], re.DOTALL)]


WORKED = [pytest.param(kind, case, id=case["name"]) for kind in CHAPTERS for case in examples(kind)]


def test_every_kind_of_flag_has_its_chapter_and_an_example_in_the_order_of_the_kinds():
    assert list(CHAPTERS) == [kind.value for kind in FlagKind]
    assert all(examples(kind) for kind in CHAPTERS)


@pytest.mark.parametrize(("kind", "case"), WORKED)
def test_the_worked_example_holds_and_shows_the_flag_rise_and_clear(kind: str, case: dict[str, Any]):
    assert check(case) == []
    raised = [kind in shown["flags"] for shown in case["checks"]]
    assert any(raised)
    assert not raised[0]
    assert not raised[-1]


def test_the_table_of_stages_is_that_of_the_rules():
    section = BOOK.partition("## Stages")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`\w+`|an ended stage) \| (.*) \|$", section, re.MULTILINE)
    table = {start.strip("`"): set(re.findall(r"`(\w+)`", to)) for start, to in rows}
    assert "every active stage" in dict(rows)["`on_hold`"]
    table["on_hold"] |= set(ACTIVE)
    assert table.pop("an ended stage") == set()
    assert table == {stage: set(MOVES[stage]) for stage in ACTIVE + PAUSED}


def test_every_kind_of_action_is_in_the_book():
    assert {kind.value for kind in ActionKind} <= set(re.findall(r"[`\"](\w+)[`\"]", BOOK))


@pytest.mark.parametrize("kind", FlagKind)
def test_the_chapter_names_its_guidance_and_what_clears_the_flag(kind: FlagKind):
    flowing = " ".join(CHAPTERS[kind].split())
    assert GUIDANCE[kind] in flowing
    assert CLEARS[kind] in flowing


def test_the_court_s_table_holds():
    assert len(COURT) == 12
    for day, hour, answer in COURT:
        party, since = assess(history_of(COURT_CASE), policy_of(COURT_CASE), instant(_march(int(day), int(hour)))).court
        assert (f"{party}, {_text(since)}" if party and since else "nobody") == answer.strip()


def _march(day: int, hour: int) -> str:
    return f"2026-03-{day:02}T{hour:02}:00:00+11:00"


def _text(at: datetime) -> str:
    local = at.astimezone(ZoneInfo("Australia/Sydney"))
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(local.day, "th")
    return f"{local.day}{suffix} {local:%H:%M}"


def _said(sender: str, receiver: str, day: int, hour: int, purpose: str, two_way: bool = True) -> dict[str, Any]:
    return {
        "type": "interaction",
        "from_party": sender,
        "to_party": receiver,
        "occurred_at": _march(day, hour),
        "purpose": purpose,
        "channel": "phone" if two_way else "email",
        "two_way": two_way,
    }


COURT_CASE: dict[str, Any] = {
    "agency": {"time_zone": "Australia/Sydney", "holiday_region": "AU-NSW"},
    "application": {"opened_at": _march(1, 9)},
    "job": {"status": "filled", "status_at": _march(11, 10)},
    "facts": [
        {"type": "interview", "booked_at": _march(2, 12), "starts_at": _march(3, 10), "ends_at": _march(3, 11)},
        _said("candidate", "recruiter", 3, 12, "debrief"),
        _said("recruiter", "client", 3, 15, "interview_follow_up"),
        {"type": "check", "kind": "medical", "asked_at": _march(5, 10), "ready_at": _march(9, 9)},
        _said("recruiter", "client", 6, 10, "question", two_way=False),
        _said("candidate", "recruiter", 10, 9, "question", two_way=False),
        _said("recruiter", "candidate", 11, 12, "answer", two_way=False),
        {"type": "transition", "to": "rejected", "at": _march(12, 10), "reason": "another was chosen"},
        _said("recruiter", "candidate", 12, 11, "information"),
    ],
}
"""The facts of the court's table."""
