"""Exports that are imported again: hostile texts in every table are restored exactly, on both databases."""

import csv
import io
from itertools import count
from urllib.parse import quote

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.kit.field_types import is_blank
from tests.spreadsheets.files import DESK, exported, import_all, imported, outcomes, whole
from tests.spreadsheets.test_escaping import FORMULAS, starts

_PIECES = ["=1+1", "+61 2", "-3", "@SUM(A1)", "＝1", ";", ",", "\t", '"', "'", "\n=2", " ", "\u00a0", "\u200b",  # noqa: RUF001
           "4.71E+11", "#N/A", "'=a", "|", "Kim", "0612", "\ufeff", "sep=;"]  # fmt: skip
_NUMBERS = count()
_TEXTS = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=5).map("".join).filter(lambda text: not is_blank(text))
_LINES = _TEXTS.filter(lambda text: not set("\t\n") & set(text))


def make(admin, n, line, text):
    """Make one of each kind of record with hostile ids and texts. Fields without line ends get `line`."""
    ref = {"external_ref": {"system": "crm", "id": f"{line}{n}{line}"[:200]}}

    def post(path, **body):
        answer = admin.post(path, body | ref)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    organisation = post("/v1/organisations", name=line, contact_style={"note": text})
    contact = post(f"/v1/organisations/{organisation}/client-contacts", name=line, phone=line, role="hr")
    candidate = post("/v1/candidates", name=line, phone=line)
    job = post("/v1/jobs", title=line, organisation_id=organisation, hiring_manager_id=contact)
    application = post("/v1/applications", candidate_id=candidate, job_id=job, opened_at="2026-04-20T00:00:00Z")
    at = f"/v1/applications/{application}"
    post(f"{at}/interviews", booked_at="2026-04-20T00:00:00Z", starts_at="2026-04-28T00:00:00Z",
         ends_at="2026-04-28T01:00:00Z", interviewer_ids=[contact])  # fmt: skip
    post(f"{at}/interactions", from_party="client", to_party="recruiter", summary=text,
         occurred_at="2026-04-29T00:00:00Z")  # fmt: skip
    post(f"{at}/checks", kind="medical", label=line[:120].strip() or None, asked_at="2026-04-29T00:00:00Z",
         booked_for="2026-06-01T00:00:00Z", result_by="2026-06-02")  # fmt: skip
    post(f"{at}/milestones", kind="start_agreed", on="2026-06-01", at="2026-04-29T00:00:00Z", note=text)
    post(f"{at}/transitions", to="rejected", at="2026-04-30T00:00:00Z", reason=line)
    post(f"{at}/keep-warm-marks", at="2026-05-01T00:00:00Z", until="2026-12-01", note=text)


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=st.lists(_LINES, min_size=3, max_size=3), texts=st.lists(_TEXTS, min_size=3, max_size=3))
def test_every_table_is_restored_from_its_own_export(admin, lines, texts):
    for line, text in zip(lines, texts, strict=True):
        make(admin, next(_NUMBERS), line, text)
    for table in DESK:
        content = whole(admin, table)
        report = imported(admin, table, content)
        assert (report["errors"], outcomes(report)) == ([], (0, 0, len(exported(admin, table)), 0)), content
        assert whole(admin, table) == content
        for delimiter in (",", ";", "\t"):
            for cell in starts(content, delimiter):
                assert cell.lstrip(' "\u00a0\u200b\ufeff')[:1] not in tuple(FORMULAS[:4] + FORMULAS[7:]), (
                    cell,
                    content,
                )


def test_ids_with_blanks_at_their_ends_survive(admin):
    ids = [" 4711", "4711 ", " 4711 ", "4711", "\u00a04711", "4711\u200b"]
    for id in ids:
        answer = admin.put(f"/v1/candidates/by-ref/crm/{quote(id, safe='')}", {"name": f"Kim{len(id)}"})
        assert answer.status_code == 201, answer.text
    report = imported(admin, "candidates", whole(admin, "candidates"))
    assert outcomes(report) == (0, 0, len(ids), 0)
    assert {row["id"] for row in csv.DictReader(io.StringIO(whole(admin, "candidates")))} == {
        "' 4711", "'4711 ", "' 4711 ", "4711", "'\u00a04711", "'4711\u200b",
    }  # fmt: skip


def test_a_file_opened_and_saved_with_semicolons_is_restored_too(admin):
    """A program that reads the file and saves it with another delimiter changes no cell's text."""
    import_all(admin)
    admin.post("/v1/candidates", {"name": "=1;=2", "external_ref": {"system": "csv", "id": "=3;=4 "}})
    rows = list(csv.reader(io.StringIO(whole(admin, "candidates"))))
    saved = io.StringIO()
    csv.writer(saved, delimiter=";").writerows(rows)
    assert outcomes(imported(admin, "candidates", "sep=;\n" + saved.getvalue())) == (0, 0, 3, 0)
