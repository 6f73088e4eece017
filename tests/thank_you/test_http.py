"""`POST /v1/thank-you-checks`: what it answers, and that nothing of a draft is kept."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.applications.desk import Desk, Row, day, done, refused
from tests.desk import as_role
from tests.raw import everything_in, written_forms
from tests.service import Client, Service
from tests.snapshots import begin_with
from tests.thank_you import notes

PATH = "/v1/thank-you-checks"


@pytest.fixture
def desk(service: Service, operator: Client) -> Desk:
    """An agency with one candidate on one job."""
    return begin_with(service, "a desk that was not swept", partial(Desk, service, operator))


@pytest.fixture
def interview(desk: Desk) -> Row:
    """Ended an hour ago, and was followed up and debriefed."""
    held = desk.interview()
    desk.add(f"interviews/{held['id']}/follow-ups", feedback="They liked the hydraulics rebuild.")
    desk.add(f"interviews/{held['id']}/debriefs", learned="A second crusher comes in July.", went_well="The walk.")
    return held


def checked(desk: Desk, text: str = notes.STAFF_FINDERS, **body: Any) -> Row:
    answer: Row = done(desk.admin.post(PATH, {"text": text} | body), 200)
    return answer


def codes(answer: Row) -> list[str]:
    return [one["code"] for one in answer["findings"]]


def test_a_text_alone_is_checked(desk: Desk):
    found = checked(desk, notes.FORGETFUL)
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
def test_a_note_names_something_of_its_interview(desk: Desk, interview: Row, word: str):
    text = "Thank you. I am keen on the {} you told me about."
    found = checked(desk, text.format("things"), interview_id=interview["id"])
    assert (codes(found), found["cannot_tell"]) == (["nothing_specific"], [])
    assert found["interview_id"] == interview["id"]
    assert codes(checked(desk, text.format(word), interview_id=interview["id"])) == []


def test_places_count_the_text_as_it_was_sent(desk: Desk):
    text = "  \n🙂 Thank you. I am keen. I was nervous.\n"
    (found,) = checked(desk, text)["findings"]
    assert text[slice(*found["at"])] == "nervous"


def test_the_clock_and_the_clients_style_are_known(desk: Desk, interview: Row):
    text = "Thank you, Acme. I am keen. When will you decide?"
    (found,) = checked(desk, text, interview_id=interview["id"])["findings"]
    assert (found["code"], found["severity"]) == ("asks_for_answer", "fix")
    desk.clock.now = day(5, 9)
    (found,) = checked(desk, text, interview_id=interview["id"])["findings"]
    assert found["severity"] == "consider"
    plain = "Thank you, Acme. I am keen."
    desk.clock.now = day(6, 7, 59)
    assert codes(checked(desk, plain, interview_id=interview["id"])) == []
    desk.clock.now = day(6, 8)
    assert codes(checked(desk, plain, interview_id=interview["id"])) == ["too_late"]
    desk.patch("policy", thank_you={"expires_hours": 72})
    for style in ("via_recruiter", "unwelcome"):
        desk.patch(f"organisations/{desk.organisation['id']}", contact_style={"thank_you": style})
        assert codes(checked(desk, plain, interview_id=interview["id"])) == [style]


def test_an_open_promise_of_the_candidates_is_missed(desk: Desk, interview: Row):
    promises = f"applications/{desk.id}/commitments"
    made = desk.add(promises, owed_by="candidate", description="Crane licence", due_on="2026-05-06")
    desk.add(promises, owed_by="candidate", description="Payslips", due_on="2026-05-07")
    desk.add(promises, owed_by="recruiter", description="Salary bands", due_on="2026-05-05")
    plain = "Thank you, Acme. I am keen."
    (found,) = checked(desk, plain, interview_id=interview["id"])["findings"]
    assert found["sentence"] == "Send along what you promised by Wed 6 May 2026: Crane licence."
    assert codes(checked(desk, f"{plain} My licence is attached.", interview_id=interview["id"])) == []
    desk.patch(f"commitments/{made['id']}", fulfilled_at=desk.clock.now)
    assert codes(checked(desk, plain, interview_id=interview["id"])) == []


def test_an_interview_by_reference_and_one_that_never_was(desk: Desk, operator: Client):
    ref = {"system": "crm", "id": "7"}
    held = desk.interview(external_ref=ref)
    assert checked(desk, interview=ref)["interview_id"] == held["id"]
    for body in ({"interview_id": desk.id}, {"interview": ref | {"id": "8"}}):
        refused(desk.admin.post(PATH, {"text": "Thanks"} | body), 404, "not_found")
    other = Desk(desk.service, operator)
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
def test_what_cannot_be_read_is_refused_without_an_echo(desk: Desk, body: Row, code: str, pointer: str):
    answer = desk.admin.post(PATH, body)
    refused(answer, 422, code, pointer)
    assert "Dank" not in answer.text
    assert "aaaa" not in answer.text


def test_a_form_of_english_will_do_and_the_longest_note_too(desk: Desk):
    assert codes(checked(desk, notes.STAFF_FINDERS, language="en-AU")) == []
    assert codes(checked(desk, "Thanks " * 714)) == ["too_long", "no_interest"]


def test_it_needs_a_recruiter(desk: Desk):
    refused(as_role(desk.admin, "viewer").post(PATH, {"text": "Thanks"}), 403, "not_allowed")
    done(as_role(desk.admin, "recruiter").post(PATH, {"text": "Thanks"}), 200)


CANARY = "Zephyrine Quillfeather"


def test_nothing_of_a_draft_is_kept_or_logged(
    desk: Desk, interview: Row, database_url: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    once = {"Idempotency-Key": "once"}
    text = f"Thank you, {CANARY}. I am keen on Acme."
    before = {table: len(desk.rows(table)) for table in _tables()}
    for body in ({"text": text}, {"text": text, "interview_id": interview["id"]}):
        for _ in range(2):
            answer = desk.admin.post(PATH, body, headers=once)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
            assert "idempotent-replayed" not in answer.headers, "each draft is read by itself"
            assert CANARY not in answer.text
            headers = once | {"If-None-Match": answer.headers["etag"]}
            assert desk.admin.post(PATH, body, headers=headers).status_code == 200
    for wrong in ({"text": text, "interview_id": desk.id}, {"text": text * 200}, {"text": text, "language": CANARY}):
        assert CANARY not in desk.admin.post(PATH, wrong, headers=once).text
    broken = desk.admin.request(
        "POST", PATH, {"Content-Type": "application/json"}, content=f'{{"text": "{text}'.encode()
    )
    assert (broken.status_code, CANARY in broken.text) == (400, False)
    assert {table: len(desk.rows(table)) for table in _tables()} == before
    content = everything_in(desk.service, database_url)
    assert not [form for form in written_forms(CANARY) if form in content]
    out, err = capfd.readouterr()
    assert CANARY not in out + err


def _tables() -> list[Any]:
    from app.kit.db import metadata

    return list(metadata.tables.values())


def test_a_fault_of_ours_does_not_quote_the_draft(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    def fail(draft: Any, occasion: Any) -> None:
        raise ValueError(draft.text)

    monkeypatch.setattr("app.thank_you.service.check_draft", fail)

    async def send() -> Any:
        return await desk.service.http.post(PATH, json={"text": CANARY}, headers=desk.admin._headers)

    answer = desk.service.run(send)
    assert (answer.status_code, CANARY in answer.text) == (500, False)


def test_each_call_is_counted_by_the_rate_limit(start_service: Any, desk: Desk):
    limited = start_service(rate_limit_per_minute=3)
    client = limited.client(desk.admin._headers["Authorization"].removeprefix("Bearer "))
    answers = [client.post(PATH, {"text": "Thanks"}).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert timedelta(0) < timedelta(seconds=int(client.post(PATH, {"text": "Thanks"}).headers["retry-after"]))
