"""Escaping of exported cells, without a database: no program runs a formula, and every text is restored exactly."""

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.spreadsheets.cells import items, listed
from app.spreadsheets.escaping import escape, is_error, is_exponent, unescape

FORMULAS = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001
HOSTILE = st.text(st.sampled_from(" '\";,|\t\r\n=+-@＝１a1\u00a0\u200b\ufeff.E#/"), max_size=30)  # noqa: RUF001
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.one_of(TEXT, HOSTILE))
@example("'=1+1")
@example("''=1+1")
@example("'  a")
@example("' a ")
@example("'t Hooft")
@example("+61 491 570 156")
@example("=cmd|' /C calc'!A0")
@example("=1+1;=1+2")
@example("a;'=1")
@example("a;\"'=1")
@example("4.71E+11")
@example("#N/A")
@example("\u200b")
def test_every_text_is_restored(text):
    assert unescape(escape(text)) == text
    line = io.StringIO(newline="")
    csv.writer(line).writerow([escape(text), "x"])
    ((cell, _),) = csv.reader(io.StringIO(line.getvalue(), newline=""), strict=True, skipinitialspace=True)
    assert unescape(cell) == text


def starts(line, delimiter):
    """Return the beginnings of the cells that programs find: strict, lenient, and without quotation marks."""
    for lenient in (False, True):  # # the lenient reader ignores quotation marks
        try:
            text = line.replace('"', "\1") if lenient else line
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error:
            continue
        yield from (cell.replace("\1", '"') for row in rows for cell in row)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@given(values=st.lists(HOSTILE, min_size=1, max_size=4))
@example(values=["=1+1;=1+2"])
@example(values=["a;=1"])
@example(values=['a;"=1"'])
@example(values=["a\n=1"])
@example(values=["a\t@SUM(1)"])
@example(values=['";"=1'])
def test_no_cell_is_run_whatever_the_program_takes_for_its_delimiter(delimiter, values):
    """OWASP/www-community#443: a semicolon in a cell of a comma file begins a new cell in LibreOffice and Excel."""
    line = io.StringIO(newline="")
    csv.writer(line).writerow([escape(value) for value in ["csv", *values]])
    for cell in starts(line.getvalue(), delimiter):
        assert cell.lstrip(' "\u00a0\u200b\ufeff')[:1] not in tuple(FORMULAS[:4] + FORMULAS[7:]), (
            cell,
            line.getvalue(),
        )


def test_texts_that_need_no_escape_are_left_alone():
    for text in ["'t Hooft", "O'Neill", "a - b", "phone;email", "2026-12-21/2027-01-04;2027-02-01", "the codes '+61'"]:
        assert escape(text) == unescape(text) == text


def test_an_apostrophe_that_was_typed_before_a_formula_is_taken_off():
    assert [unescape(cell) for cell in ("'=1+1 ", " '+61 2", "'=a;=b")] == ["=1+1 ", "+61 2", "=a;=b"]


@pytest.mark.parametrize("cell", ["", " ", "\u00a0", "\u200b", "\ufeff", "\u00ad", "\u2800", "\u3164", " \u200b\u00a0"])
def test_a_cell_of_invisible_characters_is_empty(cell):
    assert unescape(cell) == ""


@given(st.lists(TEXT.filter(lambda text: not re.search("[\r\n]", text) and unescape(escape(text))), max_size=5))
@example([" a ", "b;c", '"d"', "=e", "'=f"])
def test_a_list_is_restored_from_one_cell(values):
    assert items(listed(values)) == values
    assert items(unescape(escape(listed(values)))) == values


@pytest.mark.parametrize("cell", ["4.71E+11", "4,71E+11", "4.71e+11", "4.71E11", "4E+11", "4.71E+011", " 1.0E-5 "])
def test_numbers_in_scientific_notation(cell):
    """dfinke/ImportExcel#830, microsoftgraph/powershell-intune-samples#140: `8.96529E+19` has lost its last digits."""
    assert is_exponent(cell)


@pytest.mark.parametrize("cell", ["12e4", "E11", "471", "4.71", "1E", "e-5", "'4.71E+11", "A4.71E+11"])
def test_ids_that_are_no_numbers_in_scientific_notation(cell):
    assert not is_exponent(cell)


def test_errors_of_spreadsheets():
    assert all(map(is_error, ["#N/A", "#REF!", "#DIV/0!", "####", "Err:502", " #NAME? "]))
    assert not any(map(is_error, ["N/A", "#1", "# N/A", "'#N/A", "#hashtag", "##"]))
