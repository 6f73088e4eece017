"""Messages of invalid fields: sentences that say what to write, without a parser's words."""

from enum import StrEnum
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, core_schema

from app.access.schemas import Email, HolidayRegion, TimeZone
from app.kit.field_types import At, Count, Day, Line, Note, RefId, RefSystem, YesNo
from app.kit.validation import error_sentence

_NO_MAIL = "This must be one e-mail address and no name, such as kim@example.com."


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Thing(BaseModel, extra="forbid"):
    name: str


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Email, "n/a", _NO_MAIL),
        (Email, "x@example.com; y@example.com", _NO_MAIL),
        (Email, "Jane <jane@example.com>", _NO_MAIL),
        (Email, "kim@example.com\n", _NO_MAIL),
        (TimeZone, "AUS Eastern Standard Time", "This must be an IANA time zone, such as Australia/Sydney."),
        (HolidayRegion, "UK", "This is not a holiday region, such as AU-NSW: a country by its two letters, with a part "
                              "of it or without (ISO 3166)."),
        (RefSystem, "Job Adder", "This must be a short name in lower case, such as jobadder: letters, digits, points, "
                                 "hyphens and underscores."),
        (RefId, " ", "This must not be blank."),
        (Line, "a\nb", "This must be one line, without characters that cannot be shown."),
        (Line, "", "This must not be blank."),
        (Line, "a" * 201, "This must have at most 200 characters."),
        (Note, "\x00", "This holds a character that cannot be shown; take it out."),
        (Line, 7, "This must be text."),
        (At, "2026-03-05", "This must be a time with an offset (RFC 3339), such as 2026-03-05T09:00:00+11:00."),
        (At, "2026-02-30T09:00:00Z", "This must be a time with an offset, such as 2026-03-05T09:00:00+11:00."),
        (Day, "5 March", "This must be a date, such as 2026-03-05."),
        (Day, "2026-02-30", "This must be a date, such as 2026-03-05."),
        (UUID, "4711", "This must be an id of Keepwarm's (a UUID), such as 0197d1a0-0000-7000-8000-000000000001."),
        (Count, 0, "This must be at least 1."),
        (Count, 1.5, "This must be a whole number."),
        (YesNo, "yes", "This must be true or false."),
        (Literal["hr", "other"], "boss", "This must be one of hr or other."),
        (Colour, "green", "This must be one of red or blue."),
        (Annotated[list[str], Field(max_length=1)], ["a", "b"], "This must have at most 1 item."),
        (Annotated[list[str], Field(min_length=1)], [], "This must not be empty."),
        (list[str], "a", "This must be a list."),
        (dict[str, str], 1, "This must be an object: names and values in braces."),
        (Thing, 1, "This must be an object: names and values in braces."),
        (Thing, {}, "This must be given."),
        (Thing, {"name": "a", "shoe": 1}, "There is no such field here; check how it is spelt."),
    ],
)  # fmt: skip
def test_a_refusal_is_a_sentence(kind: Any, value: Any, expected: str):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    assert [error_sentence(error) for error in caught.value.errors()] == [expected]


@pytest.mark.parametrize("kind", get_args(core_schema.ErrorType))
def test_no_kind_of_error_is_answered_in_pydantics_words(kind):
    context: dict[str, Any] = dict.fromkeys(("min_length", "max_length", "gt", "ge", "lt", "le"), 3)
    context |= {"expected": "'a' or 'b'", "error": "must be x", "pattern": "^[a-z]+$"}
    error = ErrorDetails(type=kind, loc=(), msg="String should match ^[a-z]+$", input="", ctx=context)
    words = error_sentence(error)
    assert words.startswith(("This ", "There "))
    assert "^" not in words
    assert "should" not in words
