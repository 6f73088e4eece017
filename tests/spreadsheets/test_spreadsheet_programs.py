"""Files as spreadsheet programs write them, over HTTP: local times, workbooks, encodings and damaged values."""

import re

import pytest

from tests.contract.sample_agency import problem
from tests.spreadsheets.files import DESK, exported, import_all, imported, outcomes, run_worker, send, whole
from tests.spreadsheets.workbook import TYPE, Cell, dated, error, number, workbook

INTERVIEWS = "id,application,starts_at,ends_at\n"


def sent(client, table, body, kind=TYPE, **params):
    return client.request("POST", f"/v1/imports/{table}", {"Content-Type": kind}, content=body, params=params or None)


def interview(client, id="i9"):
    return client.get(f"/v1/interviews/by-ref/csv/{id}").json()


def refusals(report):
    return [(error["row"], error["column"], error["code"]) for error in report["errors"]]


def test_a_time_without_an_offset_is_of_the_agencys_zone_or_of_the_one_that_is_passed(admin):
    import_all(admin)
    content = INTERVIEWS + "i9,a1,2026-04-28 10:00,28/04/2026 11:00 AM\n"
    report = imported(admin, "interviews", content)
    assert (report["errors"], report["time_zone"], report["dates"]) == ([], "Australia/Sydney", "iso")
    assert interview(admin)["starts_at"] == "2026-04-28T00:00:00Z"
    report = imported(admin, "interviews", content, time_zone="Australia/Perth")
    assert (outcomes(report), report["time_zone"]) == ((0, 1, 0, 0), "Australia/Perth")
    assert (interview(admin)["starts_at"], interview(admin)["ends_at"]) == (
        "2026-04-28T02:00:00Z", "2026-04-28T03:00:00Z",
    )  # fmt: skip
    problem(send(admin, "interviews", content, time_zone="AUS Eastern Standard Time"), 422, "invalid")
    problem(send(admin, "interviews", content, dates="ymd"), 422, "invalid")


@pytest.mark.parametrize("table", DESK)
def test_every_time_of_every_table_is_read_in_the_zone_and_order_that_are_passed(admin, table):
    """The same records twice: in UTC with offsets, and as an American spreadsheet in London saves them."""
    import_all(admin)
    before = whole(admin, table)
    lines = before.replace("Z,", ",").replace("Z\r\n", "\r\n")
    american = american_dates(lines)
    assert (american != lines) == (table not in {"organisations", "client-contacts"})
    report = imported(admin, table, american, time_zone="UTC", dates="mdy")
    assert (report["errors"], outcomes(report)[2]) == ([], len(exported(admin, table)))
    assert whole(admin, table) == before


def american_dates(text):
    return re.sub(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d):\d\d)?", r"\2/\3/\1 \4", text).replace(" /", "/")


def test_a_dry_run_shows_how_the_first_times_were_read(admin):
    import_all(admin)
    rows = "".join(f"i{n},a1,0{n}/05/2026 9:00 AM,2026-05-0{n}T00:30:00Z\n" for n in range(1, 7))
    report = imported(admin, "interviews", INTERVIEWS + rows, dry_run=True, dates="dmy")
    assert report["read"][0] == {
        "row": 2, "column": "starts_at", "written": "01/05/2026 9:00 AM", "read_as": "2026-05-01T09:00:00+10:00",
        "time_zone": "Australia/Sydney",
    }  # fmt: skip
    assert [(one["row"], one["column"], one["time_zone"]) for one in report["read"][3:]] == [
        (2, "ends_at", None), (3, "ends_at", None), (4, "ends_at", None),
    ]  # fmt: skip
    assert admin.get(f"/v1/imports/{report['id']}").json() == report
    away = imported(admin, "candidates", "id,name,away\nc9,Lou,21 Dec 2026/4 Jan 2027\n", dry_run=True)
    assert away["read"] == [
        {"row": 2, "column": "away", "written": "21 Dec 2026/4 Jan 2027", "read_as": "2026-12-21/2027-01-04",
         "time_zone": None}
    ]  # fmt: skip


def test_what_is_ambiguous_is_refused_by_row_with_what_to_pass(admin):
    import_all(admin)
    content = INTERVIEWS + (
        "i5,a1,03/04/2026 10:00,03/04/2026 11:00\n"
        "i6,a1,2026-10-04 02:30,2026-10-04 04:00\n"
        "i7,a1,2026-04-05 02:30,2026-04-05 04:00\n"
        "i8,a1,2026-04-28,2026-04-28 11:00\n"
        "i9,a1,28/04/2026 10:00,28 Apr 2026 11:00\n"
    )
    report = imported(admin, "interviews", content)
    assert outcomes(report) == (1, 0, 0, 4)
    assert refusals(report) == [
        (2, "starts_at", "ambiguous"), (2, "ends_at", "ambiguous"), (3, "starts_at", "invalid"),
        (4, "starts_at", "ambiguous"), (5, "starts_at", "invalid"),
    ]  # fmt: skip
    assert "pass dates=dmy (day first) or dates=mdy (month first)" in report["errors"][0]["detail"]
    report = imported(admin, "candidates", "id,name,away\nc9,Lou,03/04/2026\n")
    assert refusals(report) == [(2, "away", "ambiguous")]


def test_a_large_file_keeps_its_zone_until_the_worker_takes_it(admin, service):
    import_all(admin)
    rows = "".join(f"i{n},a1,28/04/2026 10:00,28/04/2026 11:00\n" for n in range(3, 300))
    report = imported(admin, "interviews", INTERVIEWS + rows, time_zone="Australia/Perth", dates="dmy")
    run_worker(service)
    assert outcomes(admin.get(f"/v1/imports/{report['id']}").json())[0] == 297
    assert interview(admin, "i299")["starts_at"] == "2026-04-28T02:00:00Z"


def test_a_workbook_is_taken_as_it_is(admin):
    import_all(admin)
    columns = ["id", "application", "starts at", "ends at", "round", "kind"]
    row: list[str | Cell] = [number(471000000000.0), "a1", dated(46140.375), dated(46140.5), number(2.0), "In person"]
    kinds = [TYPE, "application/octet-stream", "application/vnd.ms-excel", "text/csv"]
    answers = [sent(admin, "interviews", workbook(columns, row), kind) for kind in kinds]
    assert [(answer.status_code, answer.json()["errors"]) for answer in answers] == [(201, [])] * len(kinds)
    made = interview(admin, "471000000000")
    assert (made["starts_at"], made["ends_at"], made["round"]) == ("2026-04-27T23:00:00Z", "2026-04-28T02:00:00Z", 2)
    assert answers[0].json()["read"][0]["written"] == "2026-04-28T09:00:00"
    report = sent(admin, "candidates", workbook(["id", "name", "phone"], ["c9", "Lou", error("#N/A")])).json()
    assert refusals(report) == [(2, "phone", "invalid")]


def test_a_workbook_that_is_none_is_a_problem(admin):
    problem(sent(admin, "candidates", b"PK\x03\x04"), 400, "malformed_xlsx")
    problem(sent(admin, "candidates", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), 415, "unsupported_media_type")
    problem(sent(admin, "candidates", workbook(["id", "name"]), sheet="May"), 422, "no_such_sheet")
    problem(sent(admin, "candidates", b"id,name\n", "text/csv", sheet="May"), 422, "invalid")


@pytest.mark.parametrize("line", ["sep=;\r\n", "SEP=;\n", '"sep=;"\n', "\ufeffsep=;\n", "sep=;;;\n"])
def test_a_first_line_that_names_the_delimiter(admin, line):
    """PowerShell/PowerShell#7776, rap2hpoutre/fast-excel#327: the line was read as the header."""
    report = imported(admin, "candidates", f"{line}id;name\nc1;Kim, Lee\nc2\n")
    assert outcomes(report) == (1, 0, 0, 1)
    assert refusals(report) == [(4, "name", "missing")]
    assert admin.get("/v1/candidates/by-ref/csv/c1").json()["name"] == "Kim, Lee"


def test_a_delimiter_that_only_the_first_line_tells(admin):
    assert outcomes(imported(admin, "candidates", "sep=|\nid|name\nc1|Kim; Lee, Ann\n")) == (1, 0, 0, 0)
    problem(send(admin, "candidates", "sep=a\nidaname\n"), 400, "malformed_csv")


@pytest.mark.parametrize(
    ("encoding", "kind"),
    [
        ("utf-8-sig", "text/csv"),
        ("utf-16", "text/csv"),
        ("utf-16", "text/tab-separated-values"),
        ("cp1252", "text/csv; charset=windows-1252"),
        ("cp1250", "text/csv; charset=windows-1250"),
        ("latin-1", "text/csv; header=present; charset=ISO-8859-1"),
        ("mac-roman", "text/csv; charset=macintosh"),
        ("utf-8", "text/csv; charset=utf-8"),
    ],
)
def test_the_encodings_of_spreadsheets(admin, encoding, kind):
    """Excel's “Unicode Text” is UTF-16 with tabs, its “CSV (Comma delimited)” the code page of the machine."""
    body = "id\tname\nc1\tZoë Núñez\n".replace("Zoë Núñez", "Zoë Müller" if encoding == "cp1250" else "Zoë Núñez")
    answer = sent(admin, "candidates", body.encode(encoding), kind)
    assert answer.status_code == 201, answer.text
    assert admin.get("/v1/candidates/by-ref/csv/c1").json()["name"].startswith("Zoë ")


def test_an_encoding_that_is_not_named_is_not_guessed(admin):
    refused = problem(sent(admin, "candidates", "id,name\nc1,Zoë\n".encode("cp1252"), "text/csv"), 400, "malformed_csv")
    assert "charset=windows-1252" in refused["detail"]


@pytest.mark.parametrize("cell", ["4.71E+11", '"4,71E+11"', "4.71e+11", "4E+11", " 4.71E+011 "])
def test_an_id_in_scientific_notation_is_refused_wherever_it_names_something(admin, cell):
    """dfinke/ImportExcel#830: `1914310000010100016` became `1.9143100000101E+18`, and then another account."""
    import_all(admin)
    for table, content, column in [
        ("candidates", f"id,name\n{cell},Kim\n", "id"),
        ("jobs", f"id,title,organisation\nj9,Baker,{cell}\n", "organisation"),
        ("interviews", f"id,application,starts_at,ends_at,interviewers\ni9,a1,,,p1;{cell}\n", "interviewers"),
    ]:
        quoted = content.replace('p1;"4,71E+11"', '"p1;4,71E+11"')
        report = imported(admin, table, quoted)
        assert refusals(report) == [(2, column, "invalid")], table
        assert "scientific notation" in report["errors"][0]["detail"]


def test_what_looks_like_an_exponent_is_kept_where_it_is_no_id(admin):
    imported(admin, "candidates", "id,name,phone\n12e4,4E+11,6.12E+08\n")
    made = admin.get("/v1/candidates/by-ref/csv/12e4").json()
    assert (made["name"], made["phone"]) == ("4E+11", "6.12E+08")


def test_a_cell_that_shows_nothing_is_empty(admin):
    imported(admin, "candidates", "id,name,email,phone\nc1,Kim,kim@example.com,1\n")
    for blank in ("\u00a0", "\u200b", "\ufeff", "\u00ad", "\u2007\u2060", "\u2800"):
        report = imported(
            admin, "candidates", f"id,name,email,phone\nc1,Kim,{blank},{blank}\n{blank},Ann,,\nc3,{blank},,\n"
        )
        assert outcomes(report) == (0, 0, 1, 2)
        assert refusals(report) == [(3, "id", "missing"), (4, "name", "missing")]


def test_errors_of_the_spreadsheet_are_refused(admin):
    report = imported(admin, "candidates", "id,name,phone\nc1,#NAME?,\nc2,Kim,#######\n")
    assert refusals(report) == [(2, "name", "invalid"), (3, "phone", "invalid")]


def test_a_wrong_address_is_refused_by_a_sentence(admin):
    """People read these errors: no regular expression and no class name."""
    content = "id,name,email,time_zone,holiday_region\nc1,Kim,n/a,,\nc2,Ann,Jane <jane@example.com>,,\nc3,,,GMT+2,UK\n"
    report = imported(admin, "candidates", content, dry_run=True)
    assert [error["detail"] for error in report["errors"]] == [
        "This must be one e-mail address and no name, such as kim@example.com.",
        "This must be one e-mail address and no name, such as kim@example.com.",
        "This must be filled.",
        "This must be an IANA time zone, such as Australia/Sydney.",
        "This is not a holiday region, such as AU-NSW: a country by its two letters, with a part of it or without "
        "(ISO 3166).",
    ]
