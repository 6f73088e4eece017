"""Reading files, without a database: every delimiter and encoding of spreadsheets, and files that are no tables."""

import pytest

from app.kit.errors import Problem
from app.spreadsheets.batching import BATCH_SIZE, Batch, Batcher
from app.spreadsheets.file_reader import MAX_ROWS, Row, Sheet, read_sheet
from app.spreadsheets.importable_tables import CANDIDATES, INTERACTIONS, JOBS


def refusal(body, table=CANDIDATES):
    with pytest.raises(Problem) as caught:
        read_sheet(body if isinstance(body, bytes) else body.encode(), table)
    return caught.value


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_spreadsheets_write_is_read(delimiter, start, end):
    lines = [["ID", "Holiday Region", "name"], ["c1", "", '"Kim, Lee; and\tAnn"'], [], ["c2", "AU", '"Two\nlines"']]
    content = start + end.join(delimiter.join(line) for line in lines) + end
    sheet = read_sheet(content.encode(), CANDIDATES)
    assert sheet.columns == ["id", "holiday_region", "name"]
    assert sheet.rows == [Row(2, ["c1", "", "Kim, Lee; and\tAnn"]), Row(4, ["c2", "AU", "Two\nlines"])]


def test_the_header_is_the_first_row_that_says_something():
    assert read_sheet(b";;\n\nid;name\nc1;Kim\n", CANDIDATES).rows == [Row(4, ["c1", "Kim"])]


def test_empty_cells_at_the_end_of_a_row_are_nothing():
    assert read_sheet(b"id,name,,\nc1,Kim,,,,\nc2,,,\n", CANDIDATES).rows == [Row(2, ["c1", "Kim"]), Row(3, ["c2"])]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b",,\n,\n", "no header"),
        (b"id,name\nc1,\xff\n", "UTF-8"),
        (b"id,name\nc1,K\0im\n", "NUL"),
        (b'id,name\nc1,"Kim\nc2,Ann\n', "never closed"),
        (b'id,name\nc1,"Kim" Lee\n', "write it twice"),
        (b'"id\nname', "never closed"),
        (b"id,name\nc1," + b"K" * 200_000, "131072"),
    ],
)
def test_what_is_no_file_of_rows_is_refused_in_words(body, word):
    problem = refusal(body)
    assert (problem.status, problem.code) == (400, "malformed_csv")
    assert word in problem.detail


def test_columns_that_are_not_known_are_named():
    problem = refusal("id,name,shoe size,a/b,,email\n")
    assert (problem.status, problem.code) == (422, "unknown_columns")
    assert [error["pointer"] for error in problem.errors] == ["/shoe size", "/a~1b", "/(no name)"]
    assert "holiday_region" in problem.detail


def test_a_million_columns_are_refused_and_few_are_named():
    problem = refusal(",".join(f"column {n}" for n in range(1_000_000)))
    assert (problem.code, len(problem.errors)) == ("unknown_columns", 50)


def test_columns_that_must_be_there_are_named():
    problem = refusal("title\nEngineer\n", JOBS)
    assert [error["pointer"] for error in problem.errors] == ["/id", "/organisation or organisation_id"]
    assert read_sheet(b"id,title,organisation id\n", JOBS).rows == []


def test_a_column_stands_once():
    problem = refusal("id,name,Name,na_me,email\n")
    assert (problem.code, [error["pointer"] for error in problem.errors]) == ("columns_twice", ["/name"])


def test_a_file_has_an_end():
    assert refusal("id,name\n" + "c,K\n" * (MAX_ROWS + 1)).code == "too_many_rows"


def test_a_row_with_more_cells_than_the_header_is_at_fault():
    (row,) = read_sheet(b"id,name\nc1,Lee, Kim\n", CANDIDATES).rows
    assert row.cells == ["c1", "Lee"]
    assert row.fault is not None
    assert row.fault[:2] == (None, "too_many_cells")


def arranged(*rows, columns=("id", "in_reply_to"), system="csv"):
    sheet = Sheet(list(columns), [Row(number, list(row)) for number, row in enumerate(rows, 2)])
    return Batcher(INTERACTIONS, sheet, system)


def test_an_id_stands_in_one_row():
    assert [row.fault and row.fault[2] for row in arranged(("m1",), ("m2",), ("m1",), (" m1",), ("",), ("",)).rows] == [
        None, None, "Row 2 has the same id.", "Row 2 has the same id.", None, None,
    ]  # fmt: skip
    of_two = arranged(("m1", "", "crm"), ("m1", "", "Other"), ("m1", "", ""), columns=("id", "in_reply_to", "system"))
    assert [row.fault for row in of_two.rows] == [None] * 3


def test_a_row_comes_after_the_one_that_it_refers_to():
    newest_first = arranged(("m4", "m3"), ("m3", "m1"), ("m2", ""), ("m1", "elsewhere"))
    assert [row.cells[0] for row in newest_first.rows] == ["m1", "m3", "m4", "m2"]
    assert sorted(row.cells[0] for row in arranged(("a", "b"), ("b", "a"), ("c", "c")).rows) == ["a", "b", "c"]


def test_a_part_of_a_dry_run_brings_the_rows_that_it_refers_to():
    rows = [("m0", "")] + [(f"m{n}", "m0") for n in range(1, 2 * BATCH_SIZE)]
    first, second = arranged(*rows).batches(dry_run=True)
    assert (len(first.rows), len(second.rows)) == (BATCH_SIZE, BATCH_SIZE)
    assert (list(first.before), list(second.before)) == ([], [Row(2, ["m0", ""])])
    assert Batch.from_bytes(second.to_bytes()) == second
    assert [list(part.before) for part in arranged(*rows).batches(dry_run=False)] == [[], []]


def test_a_long_chain_of_replies_is_put_in_order_at_once():
    rows = [(f"m{n}", f"m{n + 1}") for n in range(50_000)]
    assert [row.cells[0] for row in arranged(*rows).rows] == [f"m{n}" for n in range(49_999, -1, -1)]
