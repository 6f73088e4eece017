"""Cells, without a database: what people write is read, and what is written is read back to the letter."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.spreadsheets.cells import CHOICE, NUMBER, PERIODS, YES_NO, as_meant, harmless, items, listed

FORMULAS = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(str.strip))
@example("'=1+1")
@example("''=1+1")
@example("'t Hooft")
@example("+61 491 570 156")
@example("=cmd|' /C calc'!A0")
def test_no_text_is_run_and_every_text_comes_back(text):
    assert harmless(text)[:1] not in list(FORMULAS)
    assert as_meant(harmless(text)) == text
    line = io.StringIO(newline="")
    csv.writer(line).writerow([harmless(text), "x"])
    ((cell, _),) = csv.reader(io.StringIO(line.getvalue(), newline=""), strict=True, skipinitialspace=True)
    assert as_meant(cell) == text


def test_a_name_that_begins_with_an_apostrophe_is_left_alone():
    assert harmless("'t Hooft") == as_meant("'t Hooft") == "'t Hooft"


@given(
    st.lists(
        st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1).map(str.strip).filter(bool)
    )
)
def test_a_list_comes_back_from_one_cell(values):
    assert items(listed(values)) == values


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
    assert kind.read(text) == value
