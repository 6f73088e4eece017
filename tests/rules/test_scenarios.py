"""The project's own scenarios, each a file: what happened, and what must be said of it at given instants."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rules.scenario import Rules, check, engine, literal

CASES = sorted((Path(__file__).parent / "scenarios").glob("*.json"))


@pytest.mark.parametrize("rules", [engine, literal], ids=lambda rules: rules.__name__)
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_scenario_holds(path: Path, rules: Rules):
    assert check(json.loads(path.read_text(encoding="utf-8")), rules) == []


def test_there_are_scenarios():
    assert len(CASES) >= 20
