"""Errors of imports: rows by number, column and reason, without stopping the others; and whole files."""

import pytest

from app.spreadsheets.importable_tables import TABLES
from tests.contract.sample_agency import problem
from tests.spreadsheets.files import DESK, counts, import_all, imported, outcomes, run_worker, send

INTERVIEWS = "id,application,starts_at,ends_at,interviewers,interviewers_system\n"
TIMES = "2026-04-28T00:00:00Z,2026-04-28T01:00:00Z"


def errors(report):
    return [(error["row"], error["column"], error["code"]) for error in report["errors"]]


def test_a_row_that_is_refused_does_not_stop_the_others(admin):
    report = imported(
        admin,
        "candidates",
        "id,name,email,time_zone,holiday_region,away\n"
        "c1,Kim,,,,\n"
        ",Ann,,,,\n"
        "c3,,not an address,Mars/Base,XX,2026-02-30\n"
        "c4,Lee,,,,2026-06-02/2026-06-01\n"
        "c1,Kim again,,,,\n"
        f"{'x' * 201},Long,,,,\n"
        "c8,Lou,,,,,too much\n"
        "c9,Max,max@example.com,,,\n",
    )
    assert outcomes(report) == (2, 0, 0, 6)
    assert errors(report) == [
        (3, "id", "missing"),
        (4, "name", "missing"),
        (4, "email", "invalid"),
        (4, "time_zone", "invalid"),
        (4, "holiday_region", "invalid"),
        (4, "away", "invalid"),
        (5, "away", "invalid"),
        (6, None, "id_twice"),
        (7, "id", "invalid"),
        (8, None, "too_many_cells"),
    ]
    details = {error["column"]: error["detail"] for error in report["errors"] if error["row"] == 4}
    assert details["name"] == "This must be filled."
    assert details["time_zone"] == "This must be an IANA time zone, such as Australia/Sydney."
    assert [one["name"] for one in admin.get("/v1/candidates").json()["items"]] == ["Kim", "Max"]


@pytest.mark.parametrize(
    ("table", "content", "expected"),
    [
        ("jobs", "id,title,organisation\nj9,Baker,o9\n", ("organisation", "not_found")),
        ("jobs", "id,title,organisation_system,organisation\nj9,Baker,crm,o1\n", ("organisation", "not_found")),
        ("jobs", "id,title,organisation_id\nj9,Baker,o1\n", ("organisation_id", "invalid")),
        ("jobs", f"id,title,organisation_id\nj9,Baker,{'0' * 32}\n", ("organisation_id", "not_found")),
        ("jobs", "id,title,organisation,organisation_id\nj9,Baker,,\n", ("organisation", "missing")),
        ("jobs", f"id,title,organisation,organisation_id\nj9,Baker,o1,{'0' * 32}\n",
         ("organisation_id", "named_twice")),
        ("jobs", "id,title,organisation,hiring_manager\nj9,Baker,o2,p1\n", ("hiring_manager", "other_organisation")),
        ("jobs", "id,title,organisation,status\nj9,Baker,o1,lost\n", ("status", "invalid")),
        ("jobs", "id,title,organisation\nj1,Engineer,o2\n", (None, "other_organisation")),
        ("client-contacts", "id,name,role,organisation\np9,Lou,boss,o1\n", ("role", "invalid")),
        ("applications", "id,candidate,job,recruiter\na9,c1,j1,Nobody\n", ("recruiter", "not_found")),
        ("applications", "id,candidate,job,recruiter\na9,c1,j1,twin\n", ("recruiter", "ambiguous")),
        ("applications", f"id,candidate,job,recruiter_id\na9,c1,j1,{'0' * 32}\n", ("recruiter_id", "not_found")),
        ("applications", "id,candidate,job,opened_at\na9,c1,j1,yesterday\n", ("opened_at", "invalid")),
        ("applications", "id,candidate,job,opened_at\na9,c1,j1,2027-01-01T00:00:00Z\n", ("opened_at", "in_the_future")),
        ("applications", "id,candidate,job,stage\na1,c1,j1,placed\n", (None, "stage_differs")),
        ("interviews", INTERVIEWS + f"i9,a1,{TIMES},p9,\n", ("interviewers", "not_found")),
        ("interviews", INTERVIEWS + f"i9,a1,{TIMES},p1;p2,csv;csv;csv\n", ("interviewers_system", "invalid")),
        ("interviews", INTERVIEWS + "i9,a1,2026-04-28T00:00:00Z,2026-04-27T00:00:00Z,,\n", ("ends_at", "invalid")),
        ("interviews", f"id,application,round,starts_at,ends_at\ni9,a1,first,{TIMES}\n", ("round", "invalid")),
        ("interactions", "id,application,from_party,to_party\nm9,a1,client,client\n", (None, "invalid")),
        ("interactions", "id,application,from_party,to_party,two_way\nm9,a1,client,recruiter,2\n",
         ("two_way", "invalid")),
        ("interactions", "id,application,from_party,to_party,in_reply_to\nm9,a2,client,recruiter,m1\n",
         ("in_reply_to", "not_found")),
        ("transitions", "id,application,to,at\nt9,a1,placed,2026-05-02T00:00:00Z\n", (None, "illegal_transition")),
    ],
)  # fmt: skip
def test_a_row_is_refused_for_what_the_api_would_refuse(admin, service, table, content, expected):
    import_all(admin)
    for mail in ("one", "two"):
        admin.post("/v1/recruiters", {"name": "Twin", "email": f"{mail}@harbour.example"})
    before = counts(service)
    report = imported(admin, table, content)
    assert [error[1:] for error in errors(report)] == [expected], report
    after = counts(service)
    assert {name for name in after if after[name] != before[name]} == {"spreadsheet_import", "spreadsheet_error"}


@pytest.mark.parametrize("table", DESK)
def test_a_file_whose_columns_are_wrong_touches_nothing(admin, service, table):
    before = counts(service)
    header, _, rest = DESK[table].partition("\n")
    problem(send(admin, table, f"{header},shoe size\n{rest}"), 422, "unknown_columns")
    problem(send(admin, table, f"{header},ID\n{rest}"), 422, "columns_twice")
    problem(send(admin, table, f"name\n{rest}" if "name" in header else f"id\n{rest}"), 422, "missing_columns")
    assert counts(service) == before


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "", "text/csv; charset=utf-7", "text/csvx"])
def test_a_file_of_no_type_that_is_taken_is_refused(admin, service, kind):
    before = counts(service)
    answer = admin.request("POST", "/v1/imports/candidates", {"Content-Type": kind}, content=b"id,name\nc1,Kim\n")
    problem(answer, 415, "unsupported_media_type")
    assert answer.headers["accept"].startswith("text/csv, application/vnd.openxml")
    assert counts(service) == before


@pytest.mark.parametrize("kind", ["text/csv", "Text/CSV; charset=UTF-8", 'text/csv; charset="utf-8"; header=present'])
def test_what_says_that_it_is_csv(admin, kind):
    content = b"id,name\nc1,Kim\n"
    answer = admin.request("POST", "/v1/imports/candidates", {"Content-Type": kind}, content=content)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("content", [b"id,name\n" + b"x," * 1_000_000, b"id,name\n" + b"\n" * 1_000_000])
def test_a_file_of_nothing_has_nothing_to_take(admin, content):
    assert outcomes(imported(admin, "candidates", content))[:3] == (0, 0, 0)


HOSTILE_CELLS = ["\x1b[31m", "K" * 100_000, "'" * 1000, "=1+1", "{{7*7}}", "' OR 1=1 --", "\u202e", "-", ";",
                 "9" * 5000, "../../etc/passwd", "0197d1a0-0000-7000-8000-000000000001", "٢", "null"]  # fmt: skip


@pytest.mark.parametrize("table", DESK)
def test_a_hostile_cell_in_any_column_is_taken_as_text_or_refused_by_its_row(admin, service, table):
    columns = TABLES[table].imported_columns
    lines = [",".join(columns)]
    for column in columns:
        for number, cell in enumerate(HOSTILE_CELLS):
            row = {"id": f"{column} {number}"} | {column: cell}
            lines.append(",".join('"' + row.get(name, "").replace('"', '""') + '"' for name in columns))
    report = imported(admin, table, "\n".join(lines), dry_run=True)
    run_worker(service)
    report = admin.get(f"/v1/imports/{report['id']}").json()
    assert report["state"] == "done"
    assert report["refused"] > 0
    assert sum(outcomes(report)) == len(lines) - 1


def test_a_file_is_as_large_as_it_may_be(admin):
    largest = 16 * 1024 * 1024
    problem(send(admin, "candidates", b" " * (largest + 1)), 413, "too_large")
    assert "16777216" in send(admin, "candidates", b" " * (largest + 1)).json()["detail"]
    row = b"c1,Kim\n"
    report = imported(admin, "candidates", (b"id,name\n" + row).ljust(largest))
    assert outcomes(report) == (1, 0, 0, 0)
    problem(admin.post("/v1/candidates", content=b" " * (1024 * 1024 + 1)), 413, "too_large")
