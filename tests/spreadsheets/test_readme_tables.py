"""The README of the tables agrees with the code."""

import re
from pathlib import Path

from app.spreadsheets import importable_tables
from app.spreadsheets.importable_tables import TABLES

BOOK = Path(importable_tables.__file__).with_name("README.md").read_text()


def test_the_book_has_every_table_and_column_in_its_place():
    lines = [line for line in BOOK.splitlines() if line.startswith("| `")]
    assert [line.split("`")[1] for line in lines] == list(TABLES)
    for line, table in zip(lines, TABLES.values(), strict=True):
        _, _, columns, references, _ = line.split("|")
        assert re.findall(r"`(\w+)`(\*?)", columns) == [(one.name, "*" * one.required) for one in table.columns]
        recruiter = [("recruiter", "")] if table.takes_recruiter else []
        named = [(one.name, "*" * one.required) for one in table.references]
        assert re.findall(r"`(\w+)`(\*?)", references) == named + recruiter
