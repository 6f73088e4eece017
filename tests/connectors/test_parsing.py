"""Reading values of CRM documents: words and addresses."""

import time
from typing import Any

import pytest

from app.connectors.parsing import folded_word, parse_addresses


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Lee <lee@corp.example>, x@y", {"lee@corp.example", "x@y"}),
        ("LEE@Corp.Example", {"lee@corp.example"}),
        ("<lee@corp.example>", {"lee@corp.example"}),
        ("Wong, Lee <lee@corp.example>", {"lee@corp.example"}),
        ('"Wong; Lee" <lee@corp.example>; Ann <ann@corp.example>', {"lee@corp.example", "ann@corp.example"}),
        ("'lee@corp.example'", {"lee@corp.example"}),
        ("mailto:lee@corp.example", {"lee@corp.example"}),
        ("lee@corp.example\r\nann@corp.example", {"lee@corp.example", "ann@corp.example"}),
        ("Léa <lea@corp.example>", {"lea@corp.example"}),
        # A name may look like an address, and is none.
        ('"lee@corp.example" <noreply@mailer.example>', {"noreply@mailer.example"}),
        ("lee@corp.example <noreply@mailer.example>", {"noreply@mailer.example"}),
        ("Ann (lee@corp.example) <ann@corp.example>", {"ann@corp.example"}),
        ("ann@corp.example)lee@corp.example", set()),
        ("undisclosed-recipients:;", set()),
        ("Lee", set()),
        ("", set()),
        (["lee@corp.example", {"email": "Ann@corp.example"}], {"lee@corp.example", "ann@corp.example"}),
        ([{"address": "lee@corp.example"}, {"value": "ann@corp.example"}], {"lee@corp.example", "ann@corp.example"}),
        ([{"email": None, "value": "ann@corp.example"}, {"name": "Lee"}, 7, None], {"ann@corp.example"}),
        ({"email": "lee@corp.example", "name": "ann@corp.example"}, {"lee@corp.example"}),
        (None, set()),
        (7, set()),
    ],
)
def test_addresses_are_read_whole_and_names_are_left_out(header: Any, expected: set[str]) -> None:
    assert parse_addresses(header) == expected


def test_an_address_is_not_found_in_a_longer_one() -> None:
    assert not parse_addresses("Ashlee <ashlee@corp.example>") & parse_addresses("lee@corp.example")


@pytest.mark.parametrize("hostile", ['"' * 100_000, '\\"' * 100_000, "(" * 100_000, "<" * 100_000, ",;" * 100_000])
def test_a_hostile_header_is_read_quickly(hostile: str) -> None:
    started = time.process_time()
    assert parse_addresses(hostile) == set()
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("InterviewEvent", "interviewevent"),
        ("interview_event", "interviewevent"),
        ("No-Show", "noshow"),
        ("  On Hold ", "onhold"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("Rejeté", "rejeté"),
        (" - ", None),
        ("", None),
        (7, None),
        (None, None),
    ],
)
def test_a_word_is_folded_for_comparison(value: Any, expected: str | None) -> None:
    assert folded_word(value) == expected
