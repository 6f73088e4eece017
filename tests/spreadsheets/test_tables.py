"""Import and export of each table: an imported row is recorded as by the API, and exported unchanged."""

import pytest

from tests.agencies import new_agency
from tests.spreadsheets.files import DESK, counts, exported, import_all, imported, outcomes, whole


def test_all_tables_of_an_agency_are_imported(admin):
    import_all(admin)
    kim = admin.get("/v1/candidates/by-ref/csv/c1").json()
    assert (kim["name"], kim["away"][1]) == ("Kim Ōta", {"from": "2027-02-01", "to": "2027-02-01"})
    acme = admin.get("/v1/organisations/by-ref/csv/o1").json()
    assert acme["contact_style"]["preferred_channels"] == ["phone", "email"]
    assert acme["contact_style"]["note"] == "Ring first,\nthen write"
    job = admin.get("/v1/jobs/by-ref/csv/j1").json()
    sam = admin.get("/v1/client-contacts/by-ref/csv/p1").json()
    assert (job["organisation_id"], job["hiring_manager_id"], job["status"]) == (acme["id"], sam["id"], "open")
    at = admin.get("/v1/applications/by-ref/csv/a1").json()
    (robin,) = admin.get("/v1/recruiters").json()["items"]
    assert (at["candidate_id"], at["recruiter_id"], at["stage"]) == (kim["id"], robin["id"], "on_hold")
    interview = admin.get("/v1/interviews/by-ref/csv/i1").json()
    assert (interview["round"], interview["kind"], len(interview["interviewer_ids"])) == (1, "in_person", 2)
    word = admin.get("/v1/interactions/by-ref/csv/m2").json()
    assert (word["two_way"], word["summary"]) == (False, '=1+1 "quoted", and more')
    assert word["in_reply_to"] == admin.get("/v1/interactions/by-ref/csv/m1").json()["id"]


@pytest.mark.parametrize("table", DESK)
def test_a_file_sent_again_changes_nothing(admin, service, table):
    import_all(admin)
    before = counts(service)
    report = imported(admin, table, DESK[table])
    number = len(exported(admin, table))
    assert outcomes(report) == (0, 0, number, 0), report
    changed = {name for name, count in counts(service).items() if count != before[name]}
    assert changed <= {"spreadsheet_import", "reassessment"}


@pytest.mark.parametrize("table", DESK)
def test_a_table_taken_out_and_sent_again_changes_nothing(admin, table):
    import_all(admin)
    content = whole(admin, table)
    report = imported(admin, table, content)
    assert outcomes(report) == (0, 0, len(exported(admin, table)), 0), report
    assert whole(admin, table) == content


def test_an_exported_agency_is_imported_at_another_agency(admin, operator):
    import_all(admin)
    # Records without an external reference are exported under Keepwarm's own id.
    admin.post("/v1/candidates", {"name": "'=HYPERLINK(1)"})
    alone = admin.post("/v1/candidates", {"name": "-Ann", "email": "ann@example.com"}).json()
    job = admin.get("/v1/jobs/by-ref/csv/j2").json()
    admin.post(
        "/v1/applications", {"candidate_id": alone["id"], "job_id": job["id"], "opened_at": "2026-05-01T00:00:00Z"}
    )
    files = {table: whole(admin, table) for table in DESK}
    other = new_agency(operator, "Other Recruiting")
    other.post("/v1/recruiters", {"name": "Robin", "email": "ROBIN@harbour.example"})
    for table, content in files.items():
        assert imported(other, table, content)["errors"] == [], table
    again = {table: whole(other, table).replace("ROBIN", "robin") for table in DESK}
    assert again == files
    assert [one["name"] for one in other.get("/v1/candidates").json()["items"]][2:] == ["'=HYPERLINK(1)", "-Ann"]
    for ref in ("csv/a1", "csv/a2"):
        ours, theirs = (one.get(f"/v1/applications/by-ref/{ref}").json() for one in (admin, other))
        for name in ("stage", "effective_stage", "stage_since", "opened_at", "court", "court_since"):
            assert ours[name] == theirs[name], name
