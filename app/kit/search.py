"""Finding records by name: an index of normalised words, scanned by prefix and paged by key on both databases.

A record is found by the prefix of any word of its name, and by several when each is the prefix of some word. Case,
accents and letters such as ß, ø, ł and æ make no difference.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import Query
from sqlalchemy.dialects import postgresql

from app.kit.db import metadata
from app.kit.dialects import Id
from app.kit.errors import invalid
from app.kit.field_types import Line
from app.kit.pagination import Page, Paging

MAX_WORD = 100
"""Characters kept of a word; a longer one is cut, in the index as in the query."""
MAX_QUERY_WORDS = 10

Search = Annotated[
    Line | None,
    Query(
        description="Only those with this in their name. Each word is the beginning of a word of the name; case and "
        "accents make no difference. The answer is in the order of the words found.",
    ),
]

# "C" compares bytes, as SQLite does: a prefix is a range of the index in any collation of the database.
_Word = sa.String(MAX_WORD).with_variant(postgresql.VARCHAR(MAX_WORD, collation="C"), "postgresql")

search_word = sa.Table(
    "search_word",
    metadata,
    sa.Column("agency_id", Id, primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("word", _Word, primary_key=True),
    sa.Column("record_id", Id, primary_key=True),
    sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], ondelete="CASCADE"),
    sa.Index("ix_search_word_record", "agency_id", "record_id", "word"),
)

# Letters that Unicode does not decompose into a letter and an accent.
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "ł": "l", "ŋ": "n", "þ": "th",
     "ŧ": "t", "ĸ": "k", "ə": "e", "ƒ": "f", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ɨ": "i", "ʉ": "u", "ƶ": "z", "ȼ": "c"}
)  # fmt: skip
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u02bb\u02b9\uff07`\u00b4]")
_NOT_SPELT = {"Cf"}
"""Categories of characters that join or direct others and spell nothing."""
_PAST_EVERY_WORD = "\U0010ffff"


def name_words(name: str) -> set[str]:
    """Return the normalised words by whose beginnings a name is found.

    `Smith-O'Brien` is found by `smith`, `o`, `brien` and `obrien`, and written together by `smithobrien`.
    """
    found = set(_pieces(_APOSTROPHES.sub("", name)))
    for part in _APOSTROPHES.sub("-", name).split():
        pieces = _pieces(part)
        found |= {*pieces, "".join(pieces)}
    return {word[:MAX_WORD] for word in found if word}


def query_words(text: str) -> list[str]:
    """Return the normalised beginnings that a query asks for, the longest first.

    A beginning of another one is left out, since it adds nothing.
    """
    words = sorted(
        {word[:MAX_WORD] for word in _pieces(_APOSTROPHES.sub("", text))}, key=lambda word: (-len(word), word)
    )
    return [word for place, word in enumerate(words) if not any(longer.startswith(word) for longer in words[:place])]


def index_name(conn: sa.Connection, table: sa.Table, agency_id: UUID, record_id: UUID, name: str) -> None:
    """Index a record of `table` under the words of its name, in place of the words of a former name."""
    remove_names(conn, agency_id, [record_id])
    rows = [_row(agency_id, table.name, word, record_id) for word in sorted(name_words(name))]
    if rows:
        conn.execute(sa.insert(search_word), rows)


def index_names(conn: sa.Connection, kind: str, names: Iterable[tuple[UUID, UUID, str]]) -> None:
    """Index many new records, each given by agency, id and name."""
    rows = [_row(agency_id, kind, word, id) for agency_id, id, name in names for word in sorted(name_words(name))]
    if rows:
        conn.execute(sa.insert(search_word), rows)


def remove_names(conn: sa.Connection, agency_id: UUID, record_ids: Sequence[UUID]) -> None:
    """Remove records from the name index."""
    columns = search_word.c
    conn.execute(sa.delete(search_word).where(columns.agency_id == agency_id, columns.record_id.in_(record_ids)))


def search_page(
    conn: sa.Connection,
    paging: Paging,
    statement: sa.Select[Any],
    table: sa.Table,
    text: str | None,
    build: Callable[[Any], Any],
) -> Page[Any]:
    """Return a page of `statement` over rows of `table`: by creation, or by matching words if `text` is given."""
    if text is None:
        return paging.page(conn, statement, [table.c.id], [UUID], build)
    found = narrow_to_matches(statement, table, text)
    return paging.page(conn, found, [search_word.c.word, search_word.c.record_id], [str, UUID], build)


def narrow_to_matches(statement: sa.Select[Any], table: sa.Table, text: str) -> sa.Select[Any]:
    """Return the statement restricted to rows of `table` whose names match, joined to their first matching word.

    The index is scanned for the longest word. Raises 422 for a text without a letter or digit.
    """
    first, *others = _checked(text)
    columns, earlier = search_word.c, search_word.alias("earlier")
    of_record = sa.and_(columns.agency_id == table.c.agency_id, columns.record_id == table.c.id)
    # A name of which two words match is met at the first of them alone.
    met_before = sa.exists().where(*_same(earlier), earlier.c.word >= first, earlier.c.word < columns.word)
    return (
        statement.add_columns(columns.word, columns.record_id)
        .join(search_word, of_record)
        .where(columns.agency_id == table.c.agency_id, columns.kind == table.name)
        .where(_begins(columns.word, first), ~met_before)
        .where(*_all_begin(others))
    )


def _all_begin(words: Sequence[str]) -> Iterator[sa.ColumnElement[bool]]:
    for place, word in enumerate(words):
        other = search_word.alias(f"other{place}")
        yield sa.exists().where(*_same(other), _begins(other.c.word, word))


def _same(other: Any) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Return an alias of the name index for a second word of the same record."""
    return other.c.agency_id == search_word.c.agency_id, other.c.record_id == search_word.c.record_id


def _begins(column: sa.ColumnElement[str], prefix: str) -> sa.ColumnElement[bool]:
    return sa.and_(column >= prefix, column < prefix + _PAST_EVERY_WORD)


def _checked(text: str) -> list[str]:
    words = query_words(text)
    if not words:
        raise invalid("/query/q", "Nothing to search for: `q` needs a letter or a digit.")
    if len(words) > MAX_QUERY_WORDS:
        raise invalid("/query/q", f"Too many words: `q` takes at most {MAX_QUERY_WORDS}.")
    return words


def _pieces(text: str) -> list[str]:
    """Return the runs of letters, digits and vowel signs, without case and accents."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    spelt = (one for one in plain if not unicodedata.combining(one) and unicodedata.category(one) not in _NOT_SPELT)
    return "".join(one if unicodedata.category(one)[0] in "LNM" else " " for one in spelt).split()


def _row(agency_id: UUID, kind: str, word: str, record_id: UUID) -> dict[str, Any]:
    return {"agency_id": agency_id, "kind": kind, "word": word, "record_id": record_id}
