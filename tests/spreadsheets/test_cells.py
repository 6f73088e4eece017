"""Cells, without a database: each kind of value in its hand-written forms."""

from zoneinfo import ZoneInfo

import pytest

from app.spreadsheets.cells import CHOICE, NUMBER, PERIODS, YES_NO
from app.spreadsheets.times import TimeFormat

UTC = TimeFormat(ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (CHOICE, "On hold", "on_hold"),
        (CHOICE, "in-person", "in_person"),
        (YES_NO, "Yes", True),
        (YES_NO, "0", False),
        (YES_NO, "perhaps", "perhaps"),
        (NUMBER, "12", 12),
        (NUMBER, "1.5", "1.5"),
        (NUMBER, "9" * 5000, "9" * 5000),
        (PERIODS, "2026-12-21/2027-01-04; 2027-02-01",
         [{"from": "2026-12-21", "to": "2027-01-04"}, {"from": "2027-02-01", "to": "2027-02-01"}]),
    ],
)  # fmt: skip
def test_a_cell_is_read_the_way_people_write_it(kind, text, value):
    assert kind.read(text, UTC) == value
