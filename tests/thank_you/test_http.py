"""`POST /v1/thank-you-checks`: what it answers, and that nothing of a draft is kept."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.agencies import as_role
from tests.applications.agency_client import AgencyClient, Row, day, done, refused
from tests.raw import everything_in, written_forms
from tests.service import Client, Service
from tests.snapshots import begin_with
from tests.thank_you import notes

PATH = "/v1/thank-you-checks"


@pytest.fixture
def agency(service: Service, operator: Client) -> AgencyClient:
    """An agency with one candidate on one job."""
    return begin_with(service, "an agency that was not swept", partial(AgencyClient, service, operator))


@pytest.fixture
def interview(agency: AgencyClient) -> Row:
    """Ended an hour ago, and was followed up and debriefed."""
    held = agency.interview()
    agency.add(f"interviews/{held['id']}/follow-ups", feedback="They liked the hydraulics rebuild.")
    agency.add(f"interviews/{held['id']}/debriefs", learned="A second crusher comes in July.", went_well="The walk.")
    return held


def checked(agency: AgencyClient, text: str = notes.STAFF_FINDERS, **body: Any) -> Row:
    answer: Row = done(agency.admin.post(PATH, {"text": text} | body), 200)
    return answer


def codes(answer: Row) -> list[str]:
    return [one["code"] for one in answer["findings"]]


def test_a_text_alone_is_checked(agency: AgencyClient):
    found = checked(agency, notes.FORGETFUL)
    assert (found["interview_id"], found["words"]) == (None, 29)
    assert found["cannot_tell"] == ["nothing_specific", "promised_missing", "too_late", "unwelcome", "via_recruiter"]
    first = found["findings"][0]
    assert notes.FORGETFUL[slice(*first.pop("at"))] == "forgot to mention"
    assert first == {
        "code": "forgot_to_mention",
        "severity": "fix",
        "sentence": "Take out “forgot to mention”: it draws attention to what went wrong in the interview.",
        "guidance": "The best and worst things to do after a job interview (Mining People International)",
    }


@pytest.mark.parametrize("word", ["Fitter", "Acme", "hydraulics", "crushers", "walk"])
def test_a_note_names_something_of_its_interview(agency: AgencyClient, interview: Row, word: str):
    text = "Thank you. I am keen on the {} you told me about."
    found = checked(agency, text.format("things"), interview_id=interview["id"])
    assert (codes(found), found["cannot_tell"]) == (["nothing_specific"], [])
    assert found["interview_id"] == interview["id"]
    assert codes(checked(agency, text.format(word), interview_id=interview["id"])) == []


def test_places_count_the_text_as_it_was_sent(agency: AgencyClient):
    text = "  \n🙂 Thank you. I am keen. I was nervous.\n"
    (found,) = checked(agency, text)["findings"]
    assert text[slice(*found["at"])] == "nervous"


def test_the_clock_and_the_clients_style_are_known(agency: AgencyClient, interview: Row):
    text = "Thank you, Acme. I am keen. When will you decide?"
    (found,) = checked(agency, text, interview_id=interview["id"])["findings"]
    assert (found["code"], found["severity"]) == ("asks_for_answer", "fix")
    agency.clock.now = day(5, 9)
    (found,) = checked(agency, text, interview_id=interview["id"])["findings"]
    assert found["severity"] == "consider"
    plain = "Thank you, Acme. I am keen."
    agency.clock.now = day(6, 7, 59)
    assert codes(checked(agency, plain, interview_id=interview["id"])) == []
    agency.clock.now = day(6, 8)
    assert codes(checked(agency, plain, interview_id=interview["id"])) == ["too_late"]
    agency.patch("policy", thank_you={"expires_hours": 72})
    for style in ("via_recruiter", "unwelcome"):
        agency.patch(f"organisations/{agency.organisation['id']}", contact_style={"thank_you": style})
        assert codes(checked(agency, plain, interview_id=interview["id"])) == [style]


def test_an_open_promise_of_the_candidates_is_missed(agency: AgencyClient, interview: Row):
    promises = f"applications/{agency.id}/commitments"
    made = agency.add(promises, owed_by="candidate", description="Crane licence", due_on="2026-05-06")
    agency.add(promises, owed_by="candidate", description="Payslips", due_on="2026-05-07")
    agency.add(promises, owed_by="recruiter", description="Salary bands", due_on="2026-05-05")
    plain = "Thank you, Acme. I am keen."
    (found,) = checked(agency, plain, interview_id=interview["id"])["findings"]
    assert found["sentence"] == "Send along what you promised by Wed 6 May 2026: Crane licence."
    assert codes(checked(agency, f"{plain} My licence is attached.", interview_id=interview["id"])) == []
    agency.patch(f"commitments/{made['id']}", fulfilled_at=agency.clock.now)
    assert codes(checked(agency, plain, interview_id=interview["id"])) == []


def test_an_interview_by_reference_and_one_that_never_was(agency: AgencyClient, operator: Client):
    ref = {"system": "crm", "id": "7"}
    held = agency.interview(external_ref=ref)
    assert checked(agency, interview=ref)["interview_id"] == held["id"]
    for body in ({"interview_id": agency.id}, {"interview": ref | {"id": "8"}}):
        refused(agency.admin.post(PATH, {"text": "Thanks"} | body), 404, "not_found")
    other = AgencyClient(agency.service, operator)
    refused(other.admin.post(PATH, {"text": "Thanks", "interview_id": held["id"]}), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"text": notes.BARE, "language": "de"}, "language_unknown", "/language"),
        ({"text": "Vielen herzlichen Dank für das Gespräch. " * 4}, "language_unknown", "/text"),
        ({"text": "a" * 5001}, "invalid", "/text"),
        ({"text": " \n"}, "invalid", "/text"),
        ({"text": ["Thanks"]}, "invalid", "/text"),
        ({}, "invalid", "/text"),
        ({"text": "Thanks", "note": "x"}, "invalid", "/note"),
    ],
)
def test_what_cannot_be_read_is_refused_without_an_echo(agency: AgencyClient, body: Row, code: str, pointer: str):
    answer = agency.admin.post(PATH, body)
    refused(answer, 422, code, pointer)
    assert "Dank" not in answer.text
    assert "aaaa" not in answer.text


def test_a_form_of_english_will_do_and_the_longest_note_too(agency: AgencyClient):
    assert codes(checked(agency, notes.STAFF_FINDERS, language="en-AU")) == []
    assert codes(checked(agency, "Thanks " * 714)) == ["too_long", "no_interest"]


def test_it_needs_a_recruiter(agency: AgencyClient):
    refused(as_role(agency.admin, "viewer").post(PATH, {"text": "Thanks"}), 403, "not_allowed")
    done(as_role(agency.admin, "recruiter").post(PATH, {"text": "Thanks"}), 200)


CANARY = "Zephyrine Quillfeather"


def test_nothing_of_a_draft_is_kept_or_logged(
    agency: AgencyClient,
    interview: Row,
    database_url: str,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    once = {"Idempotency-Key": "once"}
    text = f"Thank you, {CANARY}. I am keen on Acme."
    before = {table: len(agency.rows(table)) for table in _tables()}
    for body in ({"text": text}, {"text": text, "interview_id": interview["id"]}):
        for _ in range(2):
            answer = agency.admin.post(PATH, body, headers=once)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
            assert "idempotent-replayed" not in answer.headers, "each draft is read by itself"
            assert CANARY not in answer.text
            headers = once | {"If-None-Match": answer.headers["etag"]}
            assert agency.admin.post(PATH, body, headers=headers).status_code == 200
    for wrong in ({"text": text, "interview_id": agency.id}, {"text": text * 200}, {"text": text, "language": CANARY}):
        assert CANARY not in agency.admin.post(PATH, wrong, headers=once).text
    broken = agency.admin.request(
        "POST", PATH, {"Content-Type": "application/json"}, content=f'{{"text": "{text}'.encode()
    )
    assert (broken.status_code, CANARY in broken.text) == (400, False)
    assert {table: len(agency.rows(table)) for table in _tables()} == before
    content = everything_in(agency.service, database_url)
    assert not [form for form in written_forms(CANARY) if form in content]
    out, err = capfd.readouterr()
    assert CANARY not in out + err


def _tables() -> list[Any]:
    from app.kit.db import metadata

    return list(metadata.tables.values())


def test_a_fault_of_ours_does_not_quote_the_draft(agency: AgencyClient, monkeypatch: pytest.MonkeyPatch):
    def fail(draft: Any, occasion: Any) -> None:
        raise ValueError(draft.text)

    monkeypatch.setattr("app.thank_you.service.check_draft", fail)

    async def send() -> Any:
        return await agency.service.http.post(PATH, json={"text": CANARY}, headers=agency.admin._headers)

    answer = agency.service.run(send)
    assert (answer.status_code, CANARY in answer.text) == (500, False)


def test_each_call_is_counted_by_the_rate_limit(start_service: Any, agency: AgencyClient):
    limited = start_service(rate_limit_per_minute=3)
    client = limited.client(agency.admin._headers["Authorization"].removeprefix("Bearer "))
    answers = [client.post(PATH, {"text": "Thanks"}).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert timedelta(0) < timedelta(seconds=int(client.post(PATH, {"text": "Thanks"}).headers["retry-after"]))
