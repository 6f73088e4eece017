"""Messages for pydantic's errors: one sentence for each, the same in every response."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

_NOT_TAKEN = "This is not a value that the field takes."
_WHOLE_NUMBER = "This must be a whole number."
_INSTANT = "This must be a time with an offset, such as 2026-03-05T09:00:00+11:00."
_DAY = "This must be a date, such as 2026-03-05."
_OBJECT = "This must be an object: names and values in braces."
_LIST = "This must be a list."
_TEXT = "This must be text."
_TRUTH = "This must be true or false."
_ID = "This must be an id of Keepwarm's (a UUID), such as 0197d1a0-0000-7000-8000-000000000001."

_SENTENCES: dict[str, str] = {
    "missing": "This must be given.",
    "extra_forbidden": "There is no such field here; check how it is spelt.",
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": "This number is too large.",
    "int_from_float": _WHOLE_NUMBER,
    "float_type": "This must be a number.",
    "float_parsing": "This must be a number.",
    "finite_number": "This must be a number.",
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "uuid_type": _ID,
    "uuid_parsing": _ID,
    "uuid_version": _ID,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "dict_type": _OBJECT,
    "mapping_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "datetime_object_invalid": _INSTANT,
    "timezone_aware": _INSTANT,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
}

_WITH_LIMITS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "literal_error": lambda ctx: f"This must be one of {_names(ctx['expected'])}.",
    "enum": lambda ctx: f"This must be one of {_names(ctx['expected'])}.",
    "string_too_short": lambda ctx: _too_short(ctx["min_length"], "character"),
    "string_too_long": lambda ctx: _too_long(ctx["max_length"], "character"),
    "too_short": lambda ctx: _too_short(ctx["min_length"], _member(ctx)),
    "too_long": lambda ctx: _too_long(ctx["max_length"], _member(ctx)),
    "greater_than": lambda ctx: f"This must be more than {ctx['gt']}.",
    "greater_than_equal": lambda ctx: f"This must be at least {ctx['ge']}.",
    "less_than": lambda ctx: f"This must be less than {ctx['lt']}.",
    "less_than_equal": lambda ctx: f"This must be at most {ctx['le']}.",
    "value_error": lambda ctx: _whole(str(ctx["error"])),
}


def error_sentence(error: ErrorDetails) -> str:
    """Return a sentence about a validation error: what is wrong and what to write."""
    kind = error["type"]
    if kind in _WITH_LIMITS:
        return _WITH_LIMITS[kind](error.get("ctx", {}))
    return _SENTENCES.get(kind, _NOT_TAKEN)


def _names(expected: str) -> str:
    """Return the values of an enumeration, which pydantic lists as 'a', 'b' or 'c'."""
    return expected.replace("'", "")


def _member(ctx: Mapping[str, Any]) -> str:
    """Return the noun for the counted parts: pydantic says "value" for a text that has another validator."""
    return "character" if ctx.get("field_type") == "Value" else "item"


def _too_short(least: int, noun: str) -> str:
    return "This must not be empty." if least == 1 else f"This must have at least {least} {noun}s."


def _too_long(most: int, noun: str) -> str:
    return f"This must have at most {most} {noun}{'' if most == 1 else 's'}."


def _whole(message: str) -> str:
    """Return a validator's message as a sentence; one that begins with its verb is about the field."""
    begun = f"This {message}" if message.startswith(("must ", "is ", "holds ")) else message[:1].upper() + message[1:]
    return begun if begun.endswith((".", "!", "?")) else f"{begun}."
