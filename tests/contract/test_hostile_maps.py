"""Objects whose names callers choose: a CRM's words, settings and credentials, refused word by word."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.contract.bodies import fields, sample
from tests.contract.operations import Operation
from tests.contract.sample_agency import SampleAgency, problem
from tests.contract.test_hostile_bodies import Case, refused, taking_bodies

NO_WORDS = {
    "nothing": "",
    "blanks": "  \u2003",
    "NUL": "a\0b",
    "escape": "\x1b[31mred",
    "two lines": "a\nb",
    "a control character of the second kind": "a\x85b",
    "a lone surrogate": "\ud800",
    "too many characters": "a" * 201,
    "too many characters beyond the basic plane": "𝄞" * 201,
    "a word without end": "a" * 100_000,
}
"""Names that no map takes: neither the CRM's words nor the connector's own fields are like this."""

NO_MEANINGS = ["", "offers", "OFFER", "a\0b", 7, 0.5, True, [], ["offer"], {"a": {}}, {"channel": "a\0b"}, "a" * 4001]


def maps(agency: SampleAgency) -> Iterator[tuple[Operation, str, Mapping[str, Any]]]:
    """Every field that is an object of names to be chosen, with its schema."""
    for operation in taking_bodies(agency):
        for field in fields(operation.body or {}):
            if field.schema.get("type") == "object" and "maxProperties" in field.schema:
                assert len(field.place) == 1, "teach this test to place a map deeper"
                yield operation, str(field.place[0]), field.schema


def case_of(agency: SampleAgency, operation: Operation, name: str, value: Any) -> Case:
    body = sample(operation.body or {}, ids=agency.id) | {name: value}
    return agency.request(operation, body), f"/{name}"


def right(name: str) -> Any:
    return {"stage_map": "offer", "activity_map": {"channel": "phone"}}.get(name, "https://crm.example")


def test_there_are_maps_to_look_at(agency: SampleAgency):
    found = {(operation.name, name) for operation, name, _ in maps(agency)}
    names = ("activity_map", "credentials", "settings", "stage_map")
    for operation in ("POST /v1/connections", "PATCH /v1/connections/{connection_id}"):
        assert {(operation, name) for name in names} <= found


def test_a_hostile_name_in_a_map(both: list[SampleAgency]):
    def one_at_a_time(agency: SampleAgency) -> Iterator[Case]:
        for operation, name, _ in maps(agency):
            for word in NO_WORDS.values():
                yield case_of(agency, operation, name, {word: right(name)})

    assert refused(both, one_at_a_time, {422}) >= 8 * len(NO_WORDS)


def test_a_hostile_value_in_a_map(both: list[SampleAgency]):
    def one_at_a_time(agency: SampleAgency) -> Iterator[Case]:
        for operation, name, _ in maps(agency):
            texts_are_meant = name in ("settings", "credentials")
            for value in NO_MEANINGS:
                if not (texts_are_meant and value in ("offers", "OFFER")):
                    yield case_of(agency, operation, name, {"client_id": value})
            if operation.method == "POST":
                yield case_of(agency, operation, name, {"client_id": None})

    assert refused(both, one_at_a_time, {422}) > 70


def test_a_refusal_points_at_the_word_and_at_what_is_wrong_about_it(agency: SampleAgency):
    operation = next(one for one in agency.operations if one.name == "PATCH /v1/connections/{connection_id}")
    body = {
        "stage_map": {"On/site": "on site", "a" * 201: "offer"},
        "activity_map": {"note": {"channel": "smoke", "tone": "kind"}, "call": "ignored", "sms": {}},
        "settings": {"base" * 11: "x"},
        "credentials": {"client_id": "a\nb"},
    }
    (answer,) = agency.send(agency.request(operation, body))
    assert [error["pointer"] for error in problem(answer, 422)["errors"]] == [
        f"/settings/{'base' * 11}",
        "/credentials/client_id",
        "/stage_map/On~1site",
        f"/stage_map/{'a' * 100}",
        "/activity_map/note/channel",
        "/activity_map/note/tone",
        "/activity_map/call",
        "/activity_map/sms/channel",
    ]


def test_more_names_than_a_map_holds(both: list[SampleAgency]):
    def one_too_many(agency: SampleAgency) -> Iterator[Case]:
        for operation, name, schema in maps(agency):
            letters = "abcdefghijklmnopqrstuvwxyz"
            names = [one + other for one in letters for other in letters][: schema["maxProperties"] + 1]
            yield case_of(agency, operation, name, dict.fromkeys(names, right(name)))

    assert refused(both, one_too_many, {422}) >= 8


def test_a_map_grows_no_further_by_many_changes(agency: SampleAgency):
    operation = next(one for one in agency.operations if one.name == "PATCH /v1/connections/{connection_id}")
    many, more = ({f"word {number}": "offer" for number in range(start, start + 500)} for start in (0, 500))
    swap = {"word 0": None, "Another word": "offer"}
    first, second, third = agency.send(
        *(agency.request(operation, {"stage_map": words}) for words in (many, more, swap))
    )
    assert [error["pointer"] for error in problem(second, 422)["errors"]] == ["/stage_map"]
    assert [len(answer.json()["stage_map"]) for answer in (first, third)] == [500, 500]


def test_odd_words_are_stored_as_they_were_sent(agency: SampleAgency):
    words = {"קים": "offer", "a/b": "ignore", "__proto__": "screening", "'; --": "offer", "𝄞" * 200: "offer"}
    operation = next(one for one in agency.operations if one.name == "PATCH /v1/connections/{connection_id}")
    (answer,) = agency.send(agency.request(operation, {"stage_map": words}))
    assert answer.json()["stage_map"] == words
    assert json.loads(answer.content) == answer.json()
