"""Lets statements of the tests themselves past the guard: a test looks at every row of any agency."""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

from app.kit import agency_guard

_TESTS = str(Path(__file__).parent)
_OURS = (_TESTS, str(Path(agency_guard.__file__).parents[1]))
guarded = agency_guard.check
"""The guard as the service has it."""


def let_tests_look() -> None:
    """Have the guard check the application's statements alone, in this process."""
    agency_guard.check = _check


def _check(statement: Any) -> None:
    """Check a statement if the nearest caller, libraries and the guard itself aside, is the application."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and not frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    if frame is None or not frame.f_code.co_filename.startswith(_TESTS):
        guarded(statement)
