"""Workbooks, without a database: typed cells, both date systems, damaged values and hostile files."""

import re

import pytest

from app.kit.errors import Problem
from app.spreadsheets.file_reader import read_sheet
from app.spreadsheets.importable_tables import CANDIDATES, INTERVIEWS, JOBS
from tests.spreadsheets.workbook import Cell, archive, dated, error, number, package, sheet, workbook

# 2026-03-05 09:00 in the two date systems, which differ by 1,462 days.
IN_1900, IN_1904 = 46086.375, 44624.375


def read(body, table=CANDIDATES, name=None):
    return read_sheet(body, table, sheet=name).rows


def refusal(body, name=None):
    with pytest.raises(Problem) as caught:
        read(body, name=name)
    return caught.value


def one(cell, column="id", table=CANDIDATES):
    """Return a row whose column holds the cell."""
    columns = ["id", "name" if table is CANDIDATES else table.columns[0].name]
    columns += [column] * (column not in columns)
    columns += [name for either in table.required() for name in either[:1] if name not in columns]
    return read(workbook(columns, ["x" if name != column else cell for name in columns]), table)[0], columns.index(
        column
    )


def text(cell, column="id", table=CANDIDATES):
    row, place = one(cell, column, table)
    assert row.fault is None, row
    return row.cells[place]


def fault(cell, column="id", table=CANDIDATES):
    row, _ = one(cell, column, table)
    assert row.fault is not None, row
    assert row.fault[:2] == (column, "invalid")
    return row.fault[2]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (number(471000000000.0), "471000000000"),
        (number(4711), "4711"),
        (number(471, style=2), "00471"),
        (number(1.5), "1.5"),
        (number(-3.0), "-3"),
        (Cell("<v>1</v>", "b"), "TRUE"),
        (Cell("<f>A1</f><v>17</v>"), "17"),
        (Cell('<f>A1&amp;"x"</f><v>c1x</v>', "str"), "c1x"),
        (" c1 ", " c1 "),
        ("00471", "00471"),
    ],
)  # fmt: skip
def test_a_typed_cell_is_the_text_that_a_person_would_write(cell, expected):
    """xlsx readers return 4711.0 for an id typed as a number; a format of zeros keeps leading zeros."""
    assert text(cell) == expected


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        (number(1234567890123456.0), "15 digits"),
        (dated(IN_1900), "turned this id into a date"),
        ("4.71E+11", "scientific notation"),
        (error("#N/A"), "#N/A"),
        (error("#REF!"), "#REF!"),
        ("#VALUE!", "#VALUE!"),
        (Cell("<f>A1</f>"), "never calculated"),
        (number(1.5, style=3), "duration"),
    ],
)
def test_what_a_spreadsheet_has_spoilt_is_refused(cell, word):
    """Twelve-digit ids as dates and exponents, and errors; calamine alone reads errors as empty cells."""
    assert word in fault(cell)


def test_an_error_is_refused_in_every_column():
    assert "#DIV/0!" in fault(error("#DIV/0!"), "phone")


@pytest.mark.parametrize(("date1904", "serial"), [(False, IN_1900), (True, IN_1904)])
@pytest.mark.parametrize("make", [dated, number])
def test_both_date_systems_are_read_with_a_format_and_without(date1904, serial, make):
    columns = ["id", "application", "starts_at", "ends_at"]
    rows = read(workbook(columns, ["i1", "a1", make(serial), make(serial + 1 / 24)], date1904=date1904), INTERVIEWS)
    assert rows[0].cells[2:] == ["2026-03-05T09:00:00", "2026-03-05T10:00:00"]


def test_a_day_is_a_day():
    assert text(dated(46086), "away") == text(number(46086), "away") == "2026-03-05"


@pytest.mark.parametrize("value", [3.0, 1e300, -5.0, 20260305.0])
def test_a_number_that_is_no_date_is_refused_in_a_column_of_times(value):
    assert "not a date" in fault(number(value), "away")


def test_rows_are_numbered_as_the_sheet_shows_them():
    rows = read(workbook([], ["id", "name"], [], ["c1", "Kim"], ["", ""], ["c2", "Ann"]))
    assert [(row.number, row.cells) for row in rows] == [(4, ["c1", "Kim"]), (6, ["c2", "Ann"])]


def test_the_first_visible_sheet_is_read_or_the_one_that_is_named():
    kim, ann = sheet([["id", "name"], ["c1", "Kim"]]), sheet([["id", "name"], ["c2", "Ann"]])
    body = package({"Hidden": kim, "People & co": ann, "More": kim}, hidden=["Hidden"])
    assert read(body)[0].cells == ["c2", "Ann"]
    assert read(body, name="More")[0].cells == read(body, name="Hidden")[0].cells == ["c1", "Kim"]
    problem = refusal(body, name="people")
    assert (problem.status, problem.code) == (422, "no_such_sheet")
    assert "“People & co”, “More”" in problem.detail


def test_a_csv_file_has_no_sheets():
    assert (refusal(b"id,name\n", "Sheet1").status, refusal(b"id,name\n", "Sheet1").errors[0]["pointer"]) == (
        422, "/query/sheet",
    )  # fmt: skip


def test_cells_without_references_are_counted():
    """Some writers leave out `r`, which the format allows."""
    xml = re.sub(r' r="\w+"', "", sheet([["id", "name"], ["c1", "Kim"]]))
    assert read(package({"S": xml}))[0].cells == ["c1", "Kim"]


def test_an_old_or_locked_workbook_is_refused_in_words():
    problem = refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    assert (problem.status, "password" in problem.detail) == (415, True)


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "body",
    [
        b"PK\x03\x04",
        b"PK\x03\x04" + b"\0" * 10_000,
        workbook(["id", "name"])[:-100],
        archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}),
        package({"S": "<worksheet"}),
        package({"S": ENTITIES + sheet([["id", "name"], ["c1", "Kim"]])}),
        package({"S": sheet([["id"]]).replace('r="1"', 'r="x"')}),
    ],
)
def test_a_broken_workbook_is_refused_in_words(body):
    problem = refusal(body)
    assert (problem.status, problem.code) == (400, "malformed_xlsx"), problem.detail


def test_a_zip_bomb_is_refused():
    """300 MB of blanks in 300 KB."""
    bomb = package({"S": sheet([["id", "name"]]).replace("<sheetData>", " " * 300_000_000 + "<sheetData>")})
    assert len(bomb) < 500_000
    assert (refusal(bomb).status, refusal(bomb).code) == (413, "too_large")


def with_cell_at(reference):
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    far = f'<row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData>'
    return package({"S": sheet([["id", "name"], ["c1", "Kim"]]).replace("</sheetData>", far)})


@pytest.mark.parametrize("corner", ["XFD1048576", "ZZZZ99999999"])
def test_a_cell_far_away_takes_no_memory(corner):
    """ToucanToco/fastexcel#487: one cell in column XFD made calamine allocate 52 GB, which ends its process."""
    assert (refusal(with_cell_at(corner)).status, refusal(with_cell_at(corner)).code) == (413, "too_large")


def test_a_cell_that_is_left_over_below_or_beside_the_table_is_a_row_at_fault():
    below, beside = read(with_cell_at("A1048576")), read(with_cell_at("XFD3"))
    assert [row.number for row in below] == [2, 1048576]
    assert [row.fault and row.fault[1] for row in beside] == [None, "too_many_cells"]


def test_text_that_repeats_takes_no_memory():
    """One shared text of a megabyte, in a hundred thousand cells."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 100_001))
    xml = sheet([]).replace("<sheetData></sheetData>", f"<sheetData>{rows}</sheetData>")
    body = package({"S": xml}, shared="a" * 1_000_000)
    problem = refusal(body)
    assert (problem.status, problem.code) == (413, "too_large")


def test_jobs_take_numbers_for_references():
    rows = read(workbook(["id", "title", "organisation"], [number(7.0), "Engineer", number(17.0)]), JOBS)
    assert rows[0].cells == ["7", "Engineer", "17"]
