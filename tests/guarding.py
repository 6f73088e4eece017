"""Lets statements of the tests themselves past the guard: a test looks at every row, whoever's it is."""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import sqlalchemy as sa

from app.kit import agency_guard

_TESTS, _LIBRARY = str(Path(__file__).parent), str(Path(sa.__file__).parent)
guarded = agency_guard.check
"""The guard as the service has it."""


def let_tests_look() -> None:
    """Have the guard check the application's statements alone, in this process."""
    agency_guard.check = _check


def _check(statement: Any) -> None:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith((_LIBRARY, agency_guard.__file__)):
        frame = frame.f_back
    if frame is None or not frame.f_code.co_filename.startswith(_TESTS):
        guarded(statement)
