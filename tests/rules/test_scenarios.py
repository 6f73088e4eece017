"""The project's own scenarios, each a file: what happened, and what must be said of it at given instants."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rules.scenario import check

CASES = sorted((Path(__file__).parent / "scenarios").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_scenario_holds(path: Path):
    assert check(json.loads(path.read_text(encoding="utf-8"))) == []


def test_there_are_scenarios():
    assert len(CASES) >= 20
