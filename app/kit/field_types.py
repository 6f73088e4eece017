"""The field types of requests and responses: text, instants and dates that both databases can hold."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic import Field as _Field
from pydantic.fields import FieldInfo

EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# NUL cannot be stored by PostgreSQL, lone surrogates by neither; the other control characters have no place in names.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_FORBIDDEN_IN_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Direction marks and joiners belong to Hebrew, Arabic and Persian names and to emoji; alone they are nothing to read.
_INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}
# Letters, marks and a symbol that show nothing either: fillers, joiners, variation selectors, the empty braille cell.
_INVISIBLE_TOO = {*"\u034f\u115f\u1160\u2800\u3164\uffa0", *map(chr, range(0xFE00, 0xFE10))}


def _clean_line(text: str) -> str:
    if _FORBIDDEN_IN_LINE.search(text):
        raise ValueError("must be one line, without characters that cannot be shown")
    return text


def _clean_text(text: str) -> str:
    if _FORBIDDEN.search(text):
        raise ValueError("holds a character that cannot be shown; take it out")
    return text


def _filled(text: str) -> str:
    return _visible(text).strip()


def _visible(text: str) -> str:
    if is_blank(text):
        raise ValueError("must not be blank")
    return text


def is_blank(text: str) -> bool:
    """Return True if no character of the text can be seen."""
    return all(unicodedata.category(one) in _INVISIBLE or one in _INVISIBLE_TOO for one in text)


# The range is for input: times that the rules derive may lie a little outside, and are returned unchanged.


def _rfc3339(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("must be a time with an offset (RFC 3339), such as 2026-03-05T09:00:00+11:00")
    if not EARLIEST.year <= int(value[:4]) <= LATEST.year:
        raise ValueError(f"must lie between {EARLIEST.year} and {LATEST.year}")
    return value


def _plus_as_space(value: Any) -> Any:
    return f"{value[:-6]}+{value[-5:]}" if isinstance(value, str) and value[-6:-5] == " " else value


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _iso_date(value: Any) -> Any:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("must be a date, such as 2026-03-05")
    if not EARLIEST.isoformat() <= value <= LATEST.isoformat():
        raise ValueError(f"must lie between {EARLIEST} and {LATEST}")
    return value


def format_instant(value: datetime) -> str:
    """Return an instant in the format of every response, such as `2026-03-05T09:00:00Z`."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def matching(pattern: str, message: str) -> tuple[AfterValidator, FieldInfo]:
    """Return annotations that make a text field match a pattern.

    The OpenAPI document shows the pattern. The error has `message`, which begins with its verb: “must be …”.
    """
    form = re.compile(pattern)

    def match(text: str) -> str:
        if form.fullmatch(text) is None:
            raise ValueError(message)
        return text

    return AfterValidator(match), _Field(json_schema_extra={"pattern": pattern})


Line = Annotated[str, AfterValidator(_clean_line), AfterValidator(_filled), _Field(min_length=1, max_length=200)]
"""One line of text: a name, a title, a reason in short."""

Label = Annotated[str, AfterValidator(_clean_line), AfterValidator(_filled), _Field(min_length=1, max_length=120)]
"""A short text that distinguishes records of one kind."""

Sentence = Annotated[str, AfterValidator(_clean_line), AfterValidator(_filled), _Field(min_length=1, max_length=500)]
"""One line that says a little more: what somebody promised."""

ShortNote = Annotated[str, AfterValidator(_clean_text), AfterValidator(_filled), _Field(min_length=1, max_length=500)]
"""Free text of a few lines."""

Note = Annotated[str, AfterValidator(_clean_text), AfterValidator(_filled), _Field(min_length=1, max_length=10_000)]
"""Free text of several lines."""

Verbatim = Annotated[str, AfterValidator(_clean_text), AfterValidator(_visible), _Field(min_length=1, max_length=5_000)]
"""Free text that is not trimmed, so that positions in it stay valid."""

At = Annotated[
    AwareDatetime,
    BeforeValidator(_rfc3339),
    AfterValidator(_in_utc),
    PlainSerializer(format_instant, when_used="json"),
    # The serializer's `str` alone would describe the instants of answers as any text.
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
"""An instant: RFC 3339 with an offset; kept and answered in UTC."""

AtInQuery = Annotated[
    AwareDatetime, BeforeValidator(_rfc3339), BeforeValidator(_plus_as_space), AfterValidator(_in_utc)
]
"""The same in a query, where an unescaped `+` of the offset arrives as a space."""

Day = Annotated[date, BeforeValidator(_iso_date)]
"""A date without a time."""

Id = UUID
"""An identifier made by Keepwarm (UUIDv7)."""

Count = Annotated[int, _Field(ge=1, le=100_000, strict=True)]
"""A number of records, at least one."""


YesNo = Annotated[bool, _Field(strict=True)]
"""True or false, and nothing that merely looks like one of them."""


class In(BaseModel):
    """The base of request bodies. Unknown fields are refused, so that a typing error is never silently lost."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Out(BaseModel):
    """The base of response bodies."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, use_attribute_docstrings=True)


RefSystem = Annotated[
    str,
    *matching(
        r"^[a-z0-9][a-z0-9_.-]{0,39}$",
        "must be a short name in lower case, such as jobadder: letters, digits, points, hyphens and underscores",
    ),
    _Field(examples=["jobadder"]),
]
"""The name of another system, in lower case."""

RefId = Annotated[
    str, AfterValidator(_clean_line), AfterValidator(_visible), _Field(min_length=1, max_length=200, examples=["4711"])
]
"""The id of a record in that system."""


class ExternalRef(In):
    """The id of a record in another system, unique within the agency for each system and kind of record."""

    system: RefSystem
    id: RefId


def ref(system: str, id: str) -> ExternalRef:
    """Return the external reference that is given in the path of a by-ref address."""
    return ExternalRef(system=system, id=id)
