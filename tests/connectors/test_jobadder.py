"""JobAdder: webhooks that only hint, and what the things they hint at say."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from app.connectors.canonical_records import UNDATED, Application, Candidate, ClientContact, Job, Organisation
from app.connectors.contract import (
    ApiError,
    ApiRequest,
    ApiResponse,
    DatedEvent,
    InboundRequest,
    MaybeApiExchange,
    RejectedRequest,
    Translation,
)
from app.connectors.crm.jobadder.records import DELETED
from tests.connectors.documents import all_own, documented, own
from tests.connectors.exchanges import EndedError
from tests.connectors.forgeries import refuses_forgeries
from tests.connectors.jobadder import ACCOUNT, APPLICATION, JOBADDER, NOW, SINGLE, api, arrived, hint, said
from tests.connectors.mutations import endures
from tests.connectors.results import gone, one, status


def test_the_authorization_value_is_the_one_that_we_chose():
    JOBADDER.verify(arrived({}), ["old", "s3cret"])
    JOBADDER.verify(arrived({}, "s3cret"), ["s3cret"])
    for wrong in ("", "Bearer ", "Bearer s3cre", "bearer s3cret", "Basic s3cret", "Bearer Bearer s3cret"):
        with pytest.raises(RejectedRequest):
            JOBADDER.verify(arrived({}, wrong), ["s3cret"])
    with pytest.raises(RejectedRequest):
        JOBADDER.verify(arrived({}), [])


def test_a_thousand_forged_authorizations_are_refused():
    secret = "Zm9yZ2VkLW5ldmVyLWFuZC1ub3doZXJlLTAxMjM0NQ"
    refuses_forgeries(JOBADDER, arrived({}, f"Bearer {secret}"), [secret], ["authorization"], body=False)


def test_an_event_is_known_by_its_id_and_one_of_zeros_by_what_it_says():
    first = hint("candidate_updated")
    assert (first.key, first.type, first.occurred_at) == (
        "7c9e6679-7425-40de-944b-e07fc1f90005",
        "candidate_updated",
        NOW,
    )
    nil = {**own("jobadder", "event_candidate_updated"), "eventId": "00000000-0000-0000-0000-000000000000"}
    other = {**nil, "eventDate": "2026-05-04T09:00:01Z"}
    keys = [
        JOBADDER.parse_event(arrived(document)).dated(NOW).key
        for document in (nil, nil, other, {**nil, "eventId": None})
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


@pytest.mark.parametrize("body", [b"", b"[]", b"nothing", b"{}", b'{"event": 5}', b"[" * 5000])
def test_a_body_that_is_no_event_is_refused(body):
    with pytest.raises(RejectedRequest):
        JOBADDER.parse_event(InboundRequest(body, {}, {}, NOW))


def test_a_status_hint_brings_the_application_with_all_that_it_refers_to():
    asked: list[ApiRequest] = []
    came = said(hint("jobapplication_status_changed"), asked=asked)
    assert [ask.path for ask in asked] == [f"applications/{APPLICATION}"]
    assert [type(record) for record in came.records] == [
        Candidate, Organisation, Organisation, ClientContact, Job, Application,
    ]  # fmt: skip
    application = one(came, Application)
    assert (application.id, application.candidate_id, application.job_id) == (APPLICATION, "4401", "5301")
    assert application.recruiter_email == "mia.tran@agency.example"
    since = status(came)
    assert (since.value, since.label, since.at) == ("12", "Client interview", NOW - timedelta(seconds=2))


def test_what_is_only_mentioned_never_outdoes_its_own_word():
    came = said(hint("jobapplication_status_changed"))
    assert {record.version for record in came.records if not isinstance(record, Application)} == {UNDATED}
    assert one(said(hint("candidate_updated")), Candidate).version > UNDATED


def test_a_status_that_was_changed_again_since_is_dated_by_the_application():
    late = {**own("jobadder", "application"), "updatedAt": "2026-05-04T11:00:00Z"}
    came = said(hint("jobapplication_status_changed"), {f"applications/{APPLICATION}": late})
    assert status(came).at == NOW + timedelta(hours=2)


def test_a_placement_tells_its_approval_and_its_status_on_the_application_that_led_to_it():
    asked: list[ApiRequest] = []
    came = said(hint("placement_approved"), asked=asked)
    statuses = [record.status for record in came.records if isinstance(record, Application) and record.status]
    assert [(one.value, one.label) for one in statuses] == [
        ("@placement_approved", "Placement approved"),
        ("placement: 4", "Placement: Approved"),
    ]
    versions = [record.version for record in came.records if isinstance(record, Application)]
    assert versions == [NOW - timedelta(seconds=2), NOW], "none is older than the application itself"
    assert asked[-1].query["CandidateId"] == "4401"
    credit = {**own("jobadder", "placement"), "type": "Credit"}
    assert said(
        hint("placement_approved"), {"placements/2001": credit, "applications": {"items": [], "totalCount": 0}}
    ).ignored


def test_a_filled_job_a_contact_and_a_company_are_brought_up_to_date():
    filled = one(said(hint("job_status_changed")), Job)
    assert (filled.status, filled.status_at) == ("filled", NOW - timedelta(hours=1))
    assert one(said(hint("contact_status_changed")), ClientContact).role == "hiring_manager"
    assert one(said(hint("company_status_changed")), Organisation).name == "Marlow Dental Group"


@pytest.mark.parametrize(
    ("name", "active", "status"),
    [
        ("Open", True, "open"),
        ("Advertised", True, "open"),
        ("On Hold", True, "on_hold"),
        ("on-hold", False, "on_hold"),
        ("Placed", False, "filled"),
        ("FILLED_BY_CLIENT", False, "filled"),
        ("Cancelled", False, "closed"),
        ("Not filled", False, "closed"),
        ("Filled", None, "filled"),
    ],
)
def test_a_job_is_open_on_hold_filled_or_closed_by_its_status(name, active, status):
    job = {**own("jobadder", "job"), "status": {"statusId": 9, "name": name, "active": active}}
    came = said(hint("job_status_changed"), {"jobs/5301": job})
    assert (one(came, Job).status, came.unknown) == (status, ())


def test_a_job_that_is_open_again_is_so_since_the_event_and_an_unknown_status_is_listed():
    again = {**own("jobadder", "job"), "status": {"statusId": 1, "name": "Open", "active": True}}
    job = one(said(hint("job_status_changed"), {"jobs/5301": again}), Job)
    assert (job.status, job.status_at, job.version) == ("open", NOW, NOW)
    odd = {**again, "status": {"statusId": 7, "name": "Under review"}}
    came = said(hint("job_status_changed"), {"jobs/5301": odd})
    assert (one(came, Job).status, came.unknown) == (None, ("job status: Under review",))


def test_a_job_that_is_only_mentioned_dates_no_status():
    job = one(said(hint("jobapplication_status_changed")), Job)
    assert (job.version, job.status, job.status_at) == (UNDATED, "open", None)


def test_a_status_that_was_set_back_is_newer_than_the_one_before_it():
    def moved(name: str, at: str, changed: str) -> Application:
        event = {**own("jobadder", "event_jobapplication_status_changed"), "eventDate": at}
        status = {"statusId": 1, "name": name, "active": True, "rejected": name == "Unsuccessful"}
        document = {**own("jobadder", "application"), "status": status, "updatedAt": changed}
        return one(
            said(JOBADDER.parse_event(arrived(event)).dated(NOW), {f"applications/{APPLICATION}": document}),
            Application,
        )

    rejected = moved("Unsuccessful", "2026-05-04T09:00:00Z", "2026-05-04T08:59:59Z")
    back = moved("Client interview", "2026-05-04T09:30:00Z", "2026-05-04T09:29:59Z")
    assert rejected.version == NOW < back.version
    untouched = moved("Client interview", "2026-05-04T09:30:00Z", "2026-05-01T09:00:00Z")
    assert untouched.status
    assert untouched.status.at == untouched.version == NOW + timedelta(minutes=30), "the event is newer than the change"


@pytest.mark.parametrize(("rejected", "version"), [(False, 4), (True, 0)])
def test_an_approval_stands_unless_the_application_was_rejected_after_it(rejected, version):
    later = {**own("jobadder", "application"), "updatedAt": "2026-05-04T12:50:00Z"}
    later["status"] = {"statusId": 5, "name": "Fell through", "active": False, "rejected": rejected}
    event = DatedEvent("p", "fetched.placements", own("jobadder", "placement"), NOW - timedelta(minutes=5))
    came = said(event, {"applications": {"items": [later], "totalCount": 1}})
    approval = next(each for each in came.records if isinstance(each, Application))
    assert approval.version == NOW - timedelta(minutes=10) + timedelta(hours=version)


def test_a_deleted_placement_says_that_its_application_is_unknown():
    came = said(DatedEvent("d", "deleted.placements", {"placementId": 5, "deletedAt": "2026-05-04T08:00:00Z"}, NOW))
    assert gone(came) == [("milestone", "5:start_agreed")]
    assert "Placement 5 was deleted" in (came.ignored or "")


def test_an_error_with_the_status_of_a_success_is_never_taken_for_nothing():
    bare = {"event": "candidate_updated", "eventDate": "2026-05-04T09:00:00Z"}
    with pytest.raises(ApiError, match="candidates holds no list of records: Insufficient scope"):
        said(JOBADDER.parse_event(arrived(bare)).dated(NOW), lambda ask: {"message": "Insufficient scope"})
    with pytest.raises(ApiError, match="interviews holds no list"):
        said(hint("interview_scheduled"), lambda ask: None)


@pytest.mark.parametrize(
    "data",
    [
        {"applicationId": 880123456789},
        {"jobApplication": {"id": 880123456789, "candidate": {"candidateId": 4401}}},
        {"applications": [{"applicationId": "880123456789"}]},
        {"jobApplicationId": 880123456789},
    ],
)
def test_ids_are_found_wherever_they_stand(data):
    for document in ({"eventData": data}, data, {"eventData": {}, "details": [data]}):
        event = {"event": "jobapplication_status_changed", "eventDate": "2026-05-04T09:00:00Z", **document}
        asked: list[ApiRequest] = []
        said(JOBADDER.parse_event(arrived(event)).dated(NOW), asked=asked)
        assert [ask.path for ask in asked] == [f"applications/{APPLICATION}"], document


def test_an_event_that_names_no_id_leads_to_all_that_changed_around_its_time():
    bare = {"event": "jobapplication_status_changed", "eventDate": "2026-05-04T09:00:00Z", "eventData": {}}
    asked: list[ApiRequest] = []
    came = said(JOBADDER.parse_event(arrived(bare)).dated(NOW), asked=asked)
    assert asked[0].query == {"UpdatedAt": ">2026-05-04T08:55:00Z", "Offset": "0", "Limit": "100"}
    assert one(came, Application).id == APPLICATION
    people = {**bare, "eventData": {"candidateId": 4401, "jobId": 5301}}
    asked.clear()
    said(JOBADDER.parse_event(arrived(people)).dated(NOW), asked=asked)
    assert (asked[0].query["CandidateId"], asked[0].query["JobId"]) == ("4401", "5301")


def test_a_stream_without_an_end_raises_an_error():
    many = [own("jobadder", "candidate")] * 100
    bare = {"event": "candidate_updated", "eventDate": "2026-05-04T09:00:00Z"}
    came = said(JOBADDER.parse_event(arrived(bare)).dated(NOW), lambda ask: {"items": many, "totalCount": 10**6})
    assert came.ignored == "More than 1000 candidates changed at that time: the next poll brings the rest."
    assert len(came.records) == 1000


def test_events_that_keepwarm_does_not_follow_are_left_out_with_a_sentence():
    came = said(hint("folder_candidate_added"))
    assert came == Translation(ignored="Keepwarm does not follow events of the type folder_candidate_added.")


def test_what_is_not_there_any_more_is_left_out_and_an_outage_is_not():
    assert (
        said(hint("candidate_updated"), {}).ignored == "JobAdder shows none of the candidates that the event is about."
    )
    with pytest.raises(EndedError):
        said(hint("candidate_updated"), lambda ask: ApiResponse(503, None))


@pytest.mark.parametrize("resource", [resource for resource, (kind, _) in DELETED.items() if kind])
def test_what_was_deleted_is_gone(resource):
    kind, field = DELETED[resource]
    event = DatedEvent("d", f"deleted.{resource}", {field: 5, "deletedAt": "2026-05-04T08:00:00Z"}, NOW)
    came = said(event)
    assert gone(came) == [(kind, "5")]
    assert came.records[0].version == NOW - timedelta(hours=1)


def test_every_documented_envelope_leads_to_what_changed_and_is_known_by_its_body():
    keys = set()
    for name, document in documented("jobadder").items():
        event = JOBADDER.parse_event(arrived(document)).dated(NOW)
        keys.add(event.key)
        asked: list[ApiRequest] = []
        came = said(event, asked=asked)
        assert came.records, name
        assert (asked[0].query.get("UpdatedAt") or asked[0].query["CreatedAt"]) == ">2026-02-13T08:55:00Z"
    assert len(keys) == 9


def test_no_event_however_hostile_breaks_the_translation():
    tried = 0
    for name, document in all_own("jobadder").items():
        if name.startswith("event_"):
            tried += endures(_translates(document["event"]), document, api)
    assert tried > 1_000


def test_no_document_however_hostile_breaks_the_translation():
    singles = {"applications", "companies", "contacts", "candidates", "jobs", "placements"}
    rows = {path.partition("/")[0]: own("jobadder", name) for path, name in SINGLE.items()}
    rows["interviews"] = own("jobadder", "interviews")["items"][0]
    assert singles < rows.keys()
    for resource, row in rows.items():
        endures(_translates(f"fetched.{resource}"), row, api)
    endures(_translates("deleted.jobs"), {"jobId": 5, "deletedAt": "2026-05-04T08:00:00Z"})


def test_no_answer_however_hostile_breaks_the_translation():
    endures(partial(_answered, hint("jobapplication_status_changed")), own("jobadder", "application"))
    endures(partial(_answered, hint("interview_scheduled")), own("jobadder", "interviews"))


def _translates(type: str) -> Callable[[Any], MaybeApiExchange[Translation]]:
    return lambda document: JOBADDER.translate(DatedEvent("1", type, document, NOW), ACCOUNT)


def _answered(event: DatedEvent, bad: Any) -> Translation:
    return said(event, lambda ask: bad)
