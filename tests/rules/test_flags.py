"""Severities in order, and what changed between two assessments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.rules.flags import Flag, FlagKind, Severity, diff

NOW = datetime(2026, 3, 11, tzinfo=UTC)
QUIET = Flag(FlagKind.GOING_QUIET, Severity.WATCH, NOW, ("x1",), {"a": 1})
OWED = Flag(FlagKind.REPLY_OWED, Severity.WARNING, NOW, ("x2",), {})
LATE = Flag(FlagKind.FOLLOW_UP_OVERDUE, Severity.CRITICAL, NOW, ("i1",), {})


def test_severities_are_in_order_whatever_their_letters():
    assert Severity.WATCH < Severity.WARNING < Severity.CRITICAL
    assert Severity.CRITICAL >= Severity.WATCH
    assert max(Severity) is Severity.CRITICAL
    assert sorted(["critical", "watch", "warning"], key=Severity) == ["watch", "warning", "critical"]
    assert Severity("watch") <= "watch"
    assert str(Severity.WARNING) == "warning"


def test_flags_are_raised_changed_and_cleared():
    worse = replace(QUIET, severity=Severity.WARNING)
    changes = diff([QUIET, OWED], [worse, LATE])
    assert changes.raised == (LATE,)
    assert changes.changed == ((QUIET, worse),)
    assert changes.cleared == (OWED,)
    assert diff([QUIET, OWED], [OWED, QUIET]) == ((), (), ())


@pytest.mark.parametrize("change", [{"evidence": ("x1", "x3")}, {"detail": {"a": 2}}, {"since": NOW.replace(day=12)}])
def test_a_flag_that_rests_on_other_facts_has_changed(change):
    assert diff([QUIET], [replace(QUIET, **change)]).changed == ((QUIET, replace(QUIET, **change)),)
