"""The generic endpoint's event shapes: every example of the connector book, and clear sentences about what is wrong."""

import copy
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.connectors.canonical_records import (
    Activity,
    Application,
    Candidate,
    ClientContact,
    Gone,
    Interview,
    Job,
    Merged,
    Subject,
)
from app.connectors.connections.schemas import ConnectionIn
from app.connectors.contract import Account, DatedEvent
from app.connectors.crm.standard.connector import Standard
from app.connectors.parsing import parse_instant
from app.connectors.registry import CONNECTORS
from tests.connectors.documents import documented
from tests.connectors.mutations import endures
from tests.connectors.results import gone, one, status

BOOK = Path(__file__).resolve().parents[2] / "app" / "connectors" / "README.md"
EXAMPLES = [
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", BOOK.read_text(encoding="utf-8"), re.DOTALL)
]
EVENTS = {example["type"]: example for example in EXAMPLES if "type" in example}
ABOUT = ("application_id", "client_contact_id")
NOW = datetime(2026, 11, 26, 16, tzinfo=UTC)


def translate(document):
    body = copy.deepcopy(document)
    return Standard().translate(
        DatedEvent("k", body["type"], body, parse_instant(body.get("timestamp")) or NOW), Account()
    )


def changed(type, /, **data):
    return {**EVENTS[type], "data": {**EVENTS[type]["data"], **data}}


def without(type, *fields):
    left = {name: value for name, value in EVENTS[type]["data"].items() if name not in fields}
    return {**EVENTS[type], "data": left}


def wrong(document):
    came = translate(document)
    assert not came.records
    assert came.ignored
    return came.ignored


def test_the_book_has_an_example_of_every_kind_of_event():
    things = {"organisation", "client_contact", "candidate", "job", "application"}
    kinds = things | {"interview", "activity", "check", "milestone"}
    assert {type.partition(".")[0] for type in EVENTS} == kinds
    assert {"candidate.merged", "interview.deleted"} <= EVENTS.keys()


@pytest.mark.parametrize("type", list(EVENTS))
def test_every_example_of_the_book_is_understood_as_a_whole(type):
    came = translate(EVENTS[type])
    assert came.records
    assert came.ignored is None


def test_the_books_maps_are_maps_that_a_connection_takes():
    [stages] = [example["stage_map"] for example in EXAMPLES if "stage_map" in example]
    [activities] = [example["activity_map"] for example in EXAMPLES if "activity_map" in example]
    taken = ConnectionIn(system="standard", name="Our middleware", stage_map=stages, activity_map=activities)
    assert len(taken.stage_map) == len(stages)
    assert len(taken.activity_map) == len(activities)


def test_the_book_names_every_system_and_every_signal():
    book = BOOK.read_text(encoding="utf-8")
    for system, connector in CONNECTORS.items():
        assert system == "standard" or f"| {connector.title} |" in book
        for signal in connector.known_stages:
            assert not signal.startswith("@") or f"`{signal}`" in book or signal.startswith("@offer_")


def test_nested_records_of_one_event_come_in_the_order_of_their_references():
    came = translate(EVENTS["interview.created"])
    names = [type(record).__name__ for record in came.records]
    assert names == ["Candidate", "Organisation", "ClientContact", "Job", "Application", "Interview"]
    interview, job = one(came, Interview), one(came, Job)
    assert (interview.application_id, job.organisation_id, job.hiring_manager_id) == ("app-5510", "org-17", "con-4")
    assert interview.starts_at == datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert (status(came).value, status(came).label) == ("Client interview", "Client interview")


def test_the_version_is_updated_at_and_else_when_it_happened():
    assert translate(EVENTS["organisation.updated"]).records[0].version == datetime(2026, 11, 24, 7, 59, 58, tzinfo=UTC)
    assert translate(EVENTS["candidate.updated"]).records[0].version == datetime(2026, 11, 24, 8, 5, tzinfo=UTC)


def test_a_status_tells_its_id_its_label_since_when_and_why():
    now = status(translate(EVENTS["application.updated"]))
    assert (now.value, now.label, now.reason) == ("41", "Client interview", "Second round")
    assert now.at == datetime(2026, 11, 24, 8, 14, 30, tzinfo=UTC)
    assert status(translate(changed("application.updated", status={"value": 41}))).value == "41"


def test_ids_may_be_whole_numbers():
    came = translate(changed("application.updated", id=5510, candidate_id=881))
    assert (one(came, Application).id, one(came, Application).candidate_id) == ("5510", "881")


def test_null_and_left_out_fields_are_not_set():
    candidate = one(translate(changed("candidate.updated", email=None, phone=None)), Candidate)
    assert (candidate.email, candidate.phone) == (None, None)
    assert one(translate(without("candidate.updated", "email")), Candidate).email is None


@pytest.mark.parametrize(
    "kind", ["organisation", "client_contact", "candidate", "job", "application", "interview", "activity"]
)
def test_everything_can_be_deleted(kind):
    came = translate({"type": f"{kind}.deleted", "timestamp": "2026-11-25T08:00:00Z", "data": {"id": 7}})
    assert gone(came) == [(kind, "7")]
    assert one(came, Gone).version == datetime(2026, 11, 25, 8, tzinfo=UTC)


def test_a_merge_tells_who_is_who():
    assert one(translate(EVENTS["candidate.merged"]), Merged).into == "can-881"
    assert wrong(changed("candidate.merged", into="can-880")) == "data.into: must be another candidate"
    assert "data.into" in wrong(without("candidate.merged", "into"))


def test_an_activity_keeps_what_was_said():
    call = one(translate(EVENTS["activity.created"]), Activity)
    assert (call.type, call.direction, call.party, call.two_way) == ("call: Client call", "out", "client", True)


@pytest.mark.parametrize(
    "type",
    [
        "contact.created",
        "job.merged",
        "interview.cancelled",
        "interview.completed",
        "candidate",
        "",
        "unknown",
        "x.y.z",
    ],
)
def test_an_unknown_type_is_named(type):
    document = {**EVENTS["job.updated"], "type": type}
    assert wrong(document) == f"there is no event of the type {type}"
    assert translate(document).unknown == ((f"event: {type}",) if type else ())


@pytest.mark.parametrize("type", ["Client-Contact.Created", "clientContact.updated", "CLIENT_CONTACT.UPDATED"])
def test_a_type_is_known_in_any_spelling(type):
    assert one(translate({**EVENTS["client_contact.created"], "type": type}), ClientContact).name == "Marta Lindqvist"


@pytest.mark.parametrize(
    ("type", "field", "theirs", "ours"),
    [
        ("job.updated", "status", "On Hold", "on_hold"),
        ("job.updated", "status", "FILLED", "filled"),
        ("interview.created", "status", "No-show", "no_show"),
        ("interview.created", "status", "canceled", "cancelled"),
        ("interview.created", "kind", "inPerson", "in_person"),
        ("client_contact.created", "role", "Hiring Manager", "hiring_manager"),
        ("activity.created", "direction", "OUT", "out"),
        ("activity.created", "party", "Client", "client"),
        ("activity.created", "type", "Call: Client call", "call: Client call"),
    ],
)
def test_a_word_is_known_in_any_spelling(type, field, theirs, ours):
    came = translate(changed(type, **{field: theirs}))
    assert getattr(came.records[-1], field) == ours
    assert (came.unknown, came.ignored) == ((), None)


@pytest.mark.parametrize(
    ("type", "field", "ours"),
    [
        ("job.updated", "status", None),
        ("interview.created", "status", None),
        ("interview.created", "kind", "other"),
        ("client_contact.created", "role", None),
        ("activity.created", "direction", None),
        ("activity.created", "party", None),
    ],
)
def test_a_word_that_nobody_knows_is_listed_and_the_rest_is_taken(type, field, ours):
    came = translate(changed(type, **{field: "Frozen"}))
    assert getattr(came.records[-1], field) == ours
    assert came.unknown == (f"{type.partition('.')[0]} {field}: Frozen",)
    assert came.records[-1].id == EVENTS[type]["data"]["id"]


def test_an_activity_of_an_unknown_type_is_left_to_the_activity_map():
    assert one(translate(changed("activity.created", type="Client call")), Activity).type == "Client call"


def test_a_job_says_since_when_it_is_closed():
    job = one(translate(changed("job.updated", status="closed", status_at="2026-11-20T09:00:00+01:00")), Job)
    assert (job.status, job.status_at) == ("closed", datetime(2026, 11, 20, 8, tzinfo=UTC))
    assert one(translate(without("job.updated", "status_at")), Job).status_at is None


def test_an_activity_is_about_every_application_that_it_lists():
    came = translate(EVENTS["activity.updated"])
    note = one(came, Activity)
    assert note.application_id == "app-5510"
    assert note.also == (Subject(application_id="app-5511"),)
    listed = changed("activity.created", applications=["app-5511", 5512, "app-5511", "app-5510"])
    assert one(translate(listed), Activity).application_id == "app-5510"
    assert one(translate(listed), Activity).also == (Subject(application_id="app-5511"), Subject(application_id="5512"))


def test_an_activity_is_about_every_candidate_that_it_lists():
    plain = without("activity.created", *ABOUT)
    note = one(
        translate({**plain, "data": {**plain["data"], "candidates": ["c1", "c2", "c3"], "job_id": "j1"}}), Activity
    )
    assert (note.candidate_id, note.job_id) == ("c1", "j1")
    assert note.also == (Subject(candidate_id="c2", job_id="j1"), Subject(candidate_id="c3", job_id="j1"))
    both = one(translate(changed("activity.created", candidates=["c1"])), Activity)
    assert (both.application_id, both.candidate_id, both.also) == ("app-5510", None, (Subject(candidate_id="c1"),))


def test_what_an_activity_lists_may_be_whole_records():
    application = {"id": "a2", "candidate": {"id": "c2", "name": "Ana"}, "job": {"id": "j2", "title": "Chef"}}
    came = translate(changed("activity.created", applications=["app-5510", application]))
    assert [type(each).__name__ for each in came.records] == ["Candidate", "Job", "Application", "Activity"]
    assert one(came, Activity).also == (Subject(application_id="a2"),)


def test_an_activity_may_be_about_a_job_alone():
    plain = without("activity.created", *ABOUT)
    assert one(translate({**plain, "data": {**plain["data"], "job_id": "j1"}}), Activity).job_id == "j1"


@pytest.mark.parametrize("field", ["also", "part_of", "version", "mark"])
def test_what_is_our_own_is_nobodys_to_set(field):
    type = "interview.created" if field == "part_of" else "activity.created"
    came = translate(changed(type, **{field: "x"}))
    assert came.ignored == f"fields that Keepwarm does not know were left out: data.{field}"


def test_the_specifications_own_thin_event_is_of_no_type_of_ours():
    assert "contact.created" in wrong(documented("standard")["thin_contact_created"])


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (without("organisation.updated", "name"), "data.name: must be given"),
        (without("application.updated", "candidate_id"), "data.candidate_id: must be given"),
        (changed("candidate.updated", id={}), "data.id: must be an id, a text or a whole number"),
        (changed("candidate.updated", id=True), "data.id: must be an id, a text or a whole number"),
        (changed("candidate.updated", email="secret at home"), "data.email: must be an email address"),
        (
            changed("job.updated", organisation="org-17"),
            "data.organisation: must be an object; its id alone goes into organisation_id",
        ),
        (
            changed("interview.created", ends_at="2026-11-26T10:00:00+01:00"),
            "data.ends_at: must be after starts_at",
        ),
        (
            without("interview.created", "application"),
            "data: an interview names its application, or its candidate and its job",
        ),
        (changed("activity.created", type=7), "data.type: must be text"),
        (
            changed("interview.created", kind=7),
            "data.kind: must be one of phone, video, in_person, panel, assessment or other",
        ),
        (
            changed("activity.created", applications="app-5510"),
            "data.applications: must be a list of ids or objects, 50 at most",
        ),
        (
            changed("activity.created", candidates=["c"] * 51),
            "data.candidates: must be a list of ids or objects, 50 at most",
        ),
        (
            changed("activity.created", applications=["app-1", []]),
            "data.applications.1: must be an id, a text or a whole number",
        ),
        (changed("activity.created", candidates=[{"id": 1}]), "data.candidates.0.name: must be given"),
        (without("activity.created", *ABOUT), "data: an activity names whom or what it is about"),
        (changed("application.updated", status="@hired"), "data.status.value: must not start with @"),
        ({**EVENTS["job.updated"], "data": []}, "data: must be an object"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(document, sentence):
    assert wrong(document) == sentence


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-11-26T10:00:00",
        "2026-11-26",
        "tomorrow",
        1700000000,
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "",
    ],
)
def test_an_instant_without_its_offset_or_beyond_reason_is_refused(stamp):
    sentence = "must be an instant with its offset, such as 2026-11-24T15:00:00+01:00"
    assert wrong(changed("interview.created", starts_at=stamp)) == f"data.starts_at: {sentence}"
    assert wrong({**EVENTS["job.updated"], "timestamp": stamp}) == f"timestamp: {sentence}"


def test_a_mistake_inside_a_nested_record_says_where_it_is():
    document = copy.deepcopy(EVENTS["interview.created"])
    document["data"]["application"]["job"]["hiring_manager"]["email"] = "Boss of Marta"
    sentence = wrong(document)
    assert sentence == "data.application.job.hiring_manager.email: must be an email address"


def test_unknown_fields_are_left_out_and_named_without_their_values():
    came = translate(changed("candidate.updated", salary="90000", mark="x", **{"Jonas Weber": 1}))
    assert one(came, Candidate).name == "Jonas Weber"
    assert came.ignored == "fields that Keepwarm does not know were left out: data.?, data.mark, data.salary"


def test_a_record_that_is_nested_in_itself_does_not_loop():
    data: dict[str, Any] = {"id": 1, "candidate_id": 2, "job_id": 3}
    for _ in range(400):
        data = {"id": 1, "candidate_id": 2, "job_id": 3, "application": data}
    came = translate({"type": "application.updated", "timestamp": "2026-11-24T09:00:00Z", "data": data})
    assert one(came, Application).id == "1"


@pytest.mark.parametrize("type", list(EVENTS))
def test_a_hostile_event_raises_nothing(type):
    def translate(document):
        return Standard().translate(DatedEvent("k", type, document, NOW), Account())

    assert endures(translate, EVENTS[type]) > 40
