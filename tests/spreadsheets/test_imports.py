"""Imports: the dry run, batches that continue after a crash, and the progress in between."""

import pytest

from app.access.models import recruiter
from app.candidates.models import candidate
from app.kit.db import insert_rows
from app.spreadsheets import worker
from app.spreadsheets.batching import BATCH_SIZE
from app.spreadsheets.models import spreadsheet_part
from app.spreadsheets.worker import ImportWorker
from tests.agencies import as_role, rows
from tests.contract.sample_agency import NEVER, problem
from tests.spreadsheets.files import DESK, counts, import_all, imported, outcomes, run_worker, send, whole
from tests.steps import import_once, wait_until_idle

CROWD = 5 * BATCH_SIZE + 1


def crowd(number, name="Kim"):
    return "id,name\n" + "".join(f"c{n},{name} {n}\n" for n in range(number))


def step(service):
    state = service.app.state
    return service.run(import_once, state.shared.database, state.settings, service.clock)


def told_now(client, report):
    return client.get(f"/v1/imports/{report['id']}").json()


@pytest.mark.parametrize("table", DESK)
def test_a_dry_run_tells_what_would_become_of_a_file_and_keeps_nothing_else(admin, service, table):
    tables = list(DESK)
    admin.post("/v1/recruiters", {"name": "Robin", "email": "robin@harbour.example"})
    for earlier in tables[: tables.index(table)]:
        imported(admin, earlier, DESK[earlier])
    before, seen = counts(service), {other: whole(admin, other) for other in tables}
    tried = imported(admin, table, DESK[table], dry_run=True)
    assert tried["dry_run"] is True
    assert tried["errors"] == []
    assert {name: count - before[name] for name, count in counts(service).items() if count != before[name]} == {
        "spreadsheet_import": 1
    }
    assert {other: whole(admin, other) for other in tables} == seen
    assert outcomes(imported(admin, table, DESK[table])) == outcomes(tried), "the dry run predicted the import"


def test_a_dry_run_of_a_large_file_knows_the_rows_before(admin, service):
    import_all(admin)
    lines = ["id,application,from_party,to_party,in_reply_to,occurred_at"]
    lines += [
        f"w{n},a1,client,recruiter,{f'w{n - 1}' if n else ''},2026-05-02T00:00:00Z" for n in range(2 * BATCH_SIZE + 10)
    ]
    before = counts(service)
    newest_first = [lines[0], *reversed(lines[1:])]
    report = imported(admin, "interactions", "\n".join(newest_first), dry_run=True)
    assert report["state"] == "running"
    assert run_worker(service) == 3
    report = told_now(admin, report)
    assert (report["state"], outcomes(report)) == ("done", (2 * BATCH_SIZE + 10, 0, 0, 0))
    after = counts(service)
    assert {name for name in after if after[name] != before[name]} == {"spreadsheet_import"}


def test_a_large_file_is_imported_step_by_step(admin, service):
    report = imported(admin, "candidates", crowd(CROWD))
    assert (report["state"], report["rows"], outcomes(report)) == ("running", CROWD, (0, 0, 0, 0))
    assert step(service) == BATCH_SIZE
    half = told_now(admin, report)
    assert (half["state"], outcomes(half)) == ("running", (BATCH_SIZE, 0, 0, 0))
    run_worker(service)
    done = told_now(admin, report)
    assert (done["state"], outcomes(done)) == ("done", (CROWD, 0, 0, 0))
    assert done["finished_at"] is not None
    assert rows(service, spreadsheet_part) == []
    assert sorted(row.external_id for row in rows(service, candidate)) == sorted(f"c{n}" for n in range(CROWD))
    assert whole(admin, "candidates").count("\r\n") == CROWD + 1


def test_a_step_that_fails_in_the_middle_leaves_nothing_and_is_done_again(admin, service, clock, monkeypatch):
    report = imported(admin, "candidates", crowd(3 * BATCH_SIZE))
    step(service)
    calls = []

    def fail_once(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise RuntimeError("the process dies after the rows and before the commit")
        insert_rows(*arguments)

    monkeypatch.setattr("app.spreadsheets.service.insert_rows", fail_once)
    assert step(service) == 0
    assert len(rows(service, candidate)) == BATCH_SIZE
    assert step(service) == 0, "it is still claimed"
    clock.advance(seconds=61)
    run_worker(service)
    done = told_now(admin, report)
    assert (done["state"], outcomes(done)) == ("done", (3 * BATCH_SIZE, 0, 0, 0))
    names = [row.name for row in rows(service, candidate)]
    assert sorted(names) == sorted(f"Kim {n}" for n in range(3 * BATCH_SIZE))


def test_a_worker_that_wakes_up_late_takes_nothing_twice(admin, service, clock, monkeypatch):
    report = imported(admin, "candidates", crowd(2 * BATCH_SIZE))
    held, really = [], worker._import_next_batch

    def sleep_through_the_lease(work, claimed):
        held.append(claimed)
        return 0

    monkeypatch.setattr(worker, "_import_next_batch", sleep_through_the_lease)
    step(service)
    monkeypatch.setattr(worker, "_import_next_batch", really)
    clock.advance(seconds=61)
    assert step(service) == BATCH_SIZE
    seal = service.app.state.shared.seal

    def wake_up(conn):
        return really(worker._work(conn, clock(), held[0].key, seal), held[0])

    assert service.write(wake_up) == 0
    run_worker(service)
    assert outcomes(told_now(admin, report)) == (2 * BATCH_SIZE, 0, 0, 0)


def test_what_fails_five_times_is_given_up_with_its_reason(admin, service, clock, monkeypatch):
    report = imported(admin, "candidates", crowd(2 * BATCH_SIZE))
    step(service)
    with monkeypatch.context() as broken:
        broken.setattr("app.spreadsheets.service.insert_rows", lambda *_: 1 / 0)
        for _ in range(5):
            assert told_now(admin, report)["state"] == "running"
            step(service)
            clock.advance(seconds=61)
        step(service)
    stopped = told_now(admin, report)
    assert (stopped["state"], outcomes(stopped)) == ("stopped", (BATCH_SIZE, 0, 0, 0))
    assert "Send the file again" in stopped["stopped_reason"]
    assert rows(service, spreadsheet_part) == []
    again = imported(admin, "candidates", crowd(2 * BATCH_SIZE))
    run_worker(service)
    assert outcomes(told_now(admin, again)) == (BATCH_SIZE, 0, BATCH_SIZE, 0)


def test_files_of_an_agency_are_taken_in_their_order(admin, stranger, service):
    first = imported(admin, "candidates", crowd(BATCH_SIZE + 1))
    second = imported(admin, "candidates", "id,name\nc0,Ann\n")
    other = imported(stranger, "candidates", "id,name\nc0,Lou\n")
    assert [one["state"] for one in (first, second, other)] == ["running", "running", "done"]
    run_worker(service)
    assert outcomes(told_now(admin, second)) == (0, 1, 0, 0)
    assert admin.get("/v1/candidates/by-ref/csv/c0").json()["name"] == "Ann"
    assert stranger.get("/v1/candidates/by-ref/csv/c0").json()["name"] == "Lou"


def test_what_waits_cannot_be_read_in_the_database(admin, service):
    imported(admin, "candidates", crowd(BATCH_SIZE + 1, name="Quetzalcoatl"))
    sealed = [row.sealed_rows for row in rows(service, spreadsheet_part)]
    assert len(sealed) == 2
    assert not [content for content in sealed if b"Quetz" in content]


def test_a_row_changes_only_what_it_says(admin):
    imported(admin, "candidates", "id,name,email,phone\nc1,Kim,kim@example.com,1\nc2,Ann,,\n")
    assert outcomes(imported(admin, "candidates", "id,name,email,phone\nc1,Kim,,2\nc2,Ann,,\n")) == (0, 1, 1, 0)
    kim = admin.get("/v1/candidates/by-ref/csv/c1").json()
    assert (kim["email"], kim["phone"]) == ("kim@example.com", "2")


def test_a_row_may_name_its_own_system_and_a_request_the_others(admin):
    imported(admin, "organisations", "id,name,system\no1,Acme,Bullhorn\no2,Bluegum,\n", system="jobadder")
    assert admin.get("/v1/organisations/by-ref/bullhorn/o1").json()["name"] == "Acme"
    assert admin.get("/v1/organisations/by-ref/jobadder/o2").json()["name"] == "Bluegum"
    content = "id,title,organisation,organisation system\nj1,Engineer,o1,bullhorn\nj2,Baker,o2,\n"
    assert outcomes(imported(admin, "jobs", content, system="jobadder")) == (2, 0, 0, 0)


def test_a_record_that_no_system_has_named_is_named_by_keepwarms_own_id(admin):
    kim = admin.post("/v1/candidates", {"name": "Kim"}).json()
    ann = admin.post("/v1/candidates", {"name": "Ann", "external_ref": {"system": "crm", "id": "7"}}).json()
    content = f"system,id,name\nkeepwarm,{kim['id']},Kim Lee\nkeepwarm,{ann['id']},Ann Lee\nkeepwarm,{NEVER},New\n"
    assert outcomes(imported(admin, "candidates", content)) == (1, 2, 0, 0)
    people = admin.get("/v1/candidates").json()["items"]
    assert [(one["name"], one["external_ref"]["system"]) for one in people] == [
        ("Kim Lee", "keepwarm"), ("Ann Lee", "crm"), ("New", "keepwarm"),
    ]  # fmt: skip
    assert [one["id"] for one in people[:2]] == [kim["id"], ann["id"]]


def test_an_application_without_a_recruiter_is_not_the_importers(admin, service):
    import_all(admin)
    (robin,) = rows(service, recruiter)
    key = admin.post("/v1/api-keys", {"name": "R", "role": "admin", "recruiter_id": str(robin.id)}).json()["api_key"]
    imported(admin.as_(key), "applications", "id,candidate,job\na9,c2,j2\n")
    assert admin.get("/v1/applications/by-ref/csv/a9").json()["recruiter_id"] is None


def test_the_same_request_again_answers_the_same(admin, service):
    headers = {"Content-Type": "text/csv", "Idempotency-Key": "once"}
    first, again = (
        admin.request("POST", "/v1/imports/candidates", headers, content=b"id,name\nc1,Kim\n") for _ in "ab"
    )
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["idempotent-replayed"] == "true"
    other = admin.request("POST", "/v1/imports/candidates", headers, content=b"id,name\nc2,Kim\n")
    problem(other, 422, "idempotency_key_reused")


def test_every_error_of_a_large_file_is_listed_page_by_page(admin, service):
    report = imported(admin, "candidates", "id,name\n" + "".join(f"c{n},\n" for n in range(BATCH_SIZE + 50)))
    run_worker(service)
    report = told_now(admin, report)
    assert (outcomes(report), len(report["errors"])) == ((0, 0, 0, BATCH_SIZE + 50), 100)
    met, cursor = [], None
    while True:
        params = {"limit": 30} | ({"cursor": cursor} if cursor else {})
        page = admin.get(f"/v1/imports/{report['id']}/errors", params=params).json()
        met += [error["row"] for error in page["items"]]
        assert len(met) <= BATCH_SIZE + 50
        if (cursor := page["next_cursor"]) is None:
            break
    assert met == list(range(2, BATCH_SIZE + 52))
    (listed,) = admin.get("/v1/imports").json()["items"]
    assert listed == {name: value for name, value in report.items() if name not in ("errors", "read")}


def test_tables_are_an_admins_business_and_an_agencys_own(admin, stranger):
    report = imported(admin, "candidates", "id,name\nc1,Kim\n")
    for role in ("viewer", "recruiter"):
        lesser = as_role(admin, role)
        problem(send(lesser, "candidates", "id,name\nc2,Ann\n"), 403, "not_allowed")
        for path in ("/v1/imports", f"/v1/imports/{report['id']}", "/v1/exports/candidates.csv"):
            problem(lesser.get(path), 403, "not_allowed")
    for path in (f"/v1/imports/{report['id']}", f"/v1/imports/{report['id']}/errors"):
        problem(stranger.get(path), 404, "not_found")
    assert stranger.get("/v1/imports").json()["items"] == []
    assert whole(stranger, "candidates").count("\n") == 1
    kim = admin.get("/v1/candidates/by-ref/csv/c1").json()
    imported(stranger, "organisations", "id,name\no1,Acme\n")
    imported(stranger, "jobs", "id,title,organisation\nj1,Engineer,o1\n")
    content = f"id,candidate_id,candidate,candidate_system,job\na1,{kim['id']},,,j1\na2,,{kim['id']},keepwarm,j1\n"
    assert [error["code"] for error in imported(stranger, "applications", content)["errors"]] == ["not_found"] * 2
    assert outcomes(imported(stranger, "candidates", f"system,id,name\nkeepwarm,{kim['id']},Stolen\n")) == (
        1,
        0,
        0,
        0,
    )
    assert admin.get("/v1/candidates/by-ref/csv/c1").json() == kim


def test_the_first_part_of_a_file_is_taken_beside_another_agencys_many_files(admin, stranger, service):
    state = service.app.state
    importer = ImportWorker(state.shared.database, state.settings, service.clock)
    ours = [imported(admin, "candidates", crowd(2 * BATCH_SIZE, f"Kim {number}")) for number in range(4)]
    theirs = imported(stranger, "candidates", crowd(BATCH_SIZE + 1))
    assert service.run(importer.step) == 2, "one of each agency"
    service.run(wait_until_idle, importer)
    assert [sum(outcomes(told_now(admin, report))) for report in ours] == [BATCH_SIZE, 0, 0, 0]
    assert sum(outcomes(told_now(stranger, theirs))) == BATCH_SIZE
