"""The rule book says what the engine does: its worked examples are played, and every kind of flag has its chapter."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.rules.flags import CLEARS, GUIDANCE, FlagKind
from tests.rules.scenario import check

BOOK = (Path(__file__).parents[2] / "app" / "rules" / "README.md").read_text(encoding="utf-8")
CHAPTERS = dict(re.findall(r"^## `(\w+)`: (.*?)(?=^## |\Z)", BOOK, re.MULTILINE | re.DOTALL))


def example(kind: str) -> dict[str, Any]:
    (block,) = re.findall(r"```json\n(.*?)```", CHAPTERS[kind], re.DOTALL)
    found: dict[str, Any] = json.loads(block)
    return found


def test_every_kind_of_flag_has_its_chapter_in_the_order_of_the_kinds():
    assert list(CHAPTERS) == [kind.value for kind in FlagKind]


@pytest.mark.parametrize("kind", FlagKind)
def test_the_worked_example_holds_and_shows_the_flag_rise_and_clear(kind: FlagKind):
    case = example(kind)
    assert check(case) == []
    raised = [kind in shown["flags"] for shown in case["checks"]]
    assert any(raised)
    assert not raised[0]
    assert not raised[-1]


@pytest.mark.parametrize("kind", FlagKind)
def test_the_chapter_names_its_guidance_and_what_clears_the_flag(kind: FlagKind):
    flowing = " ".join(CHAPTERS[kind].split())
    assert GUIDANCE[kind] in flowing
    assert CLEARS[kind] in flowing
