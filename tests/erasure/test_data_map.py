"""Every column that can hold text is listed in the data map, once."""

from collections import Counter

import sqlalchemy as sa

from app.erasure.data_map import listed_columns
from app.kit.dialects import Id, Instant
from app.tables import metadata

NO_WORDS = (Id, Instant, sa.Integer, sa.Boolean, sa.Date)
"""Types of columns that hold no text."""


def test_every_column_that_can_hold_a_word_was_decided_about_once():
    wordy = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if not isinstance(column.type, NO_WORDS)
    }
    assert Counter(listed_columns()) == Counter(wordy), "decide in app/erasure/decisions.py what an erasure does to it"
    assert len(wordy) > 100
