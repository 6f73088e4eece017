"""Canaries: no response, file, sealed body or log contains data of an erased person."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from app.connectors.models import inbound_event
from app.spreadsheets.models import spreadsheet_part
from app.webhooks.models import attempt
from tests.contract.operations import Operation, operations
from tests.erasure.candidate_data import FIRST, LAST, Life
from tests.raw import everything_in, written_forms
from tests.service import Service


def words_of(life: Life) -> list[str]:
    return [*life.canaries, FIRST, LAST]


def found_in(life: Life, *texts: bytes) -> set[str]:
    """Return the words that occur in one of the texts, in any encoding and case."""
    small = [text.lower() for text in texts]
    return {
        word for word in words_of(life) if any(form.lower() in text for form in written_forms(word) for text in small)
    }


def reading(service: Service) -> list[Operation]:
    return [
        one for one in operations(service.app) if one.method == "GET" and one.role in ("viewer", "recruiter", "admin")
    ]


def addresses(life: Life) -> Iterable[str]:
    """Return the response of every readable path, with the ids of the person's records."""
    ids = life.ids | {"system": "standard", "id": "a1", "table": "candidates", "subscriber_id": life.crm.id}
    for operation in reading(life.service):
        names = [parameter.name for parameter in operation.path_parameters]
        if all(name in ids for name in names) and not operation.path.endswith("/stream"):
            yield operation.path.format(**{name: ids[name] for name in names})
    for kind, id in (("candidates", "c1"), ("interactions", "n1"), ("interactions", "f1")):
        yield f"/v1/{kind}/by-ref/standard/{id}"


def told_by_the_api(life: Life) -> set[str]:
    texts = []
    for path in addresses(life):
        parties: dict[str, Any] = {"from_party": "candidate", "to_party": "client"}
        params = parties if path.endswith("/contact-check") else {}
        answer = life.admin.get(path, params=params)
        assert answer.status_code in (200, 404), f"{path}: {answer.text}"
        texts.append(answer.content)
    assert len(texts) > 70
    return found_in(life, *texts)


def under_seal(service: Service) -> list[bytes]:
    """Return everything that the service can open."""
    seal = service.app.state.shared.seal

    def read(conn: sa.Connection) -> list[bytes]:
        columns = (inbound_event.c.sealed, spreadsheet_part.c.sealed_rows, attempt.c.sealed_answer)
        return [
            seal.open(row.agency_id, row[1])
            for column in columns
            for row in conn.execute(sa.select(column.table.c.agency_id, column).where(column.is_not(None)))
        ]

    opened: list[bytes] = service.read(read)
    return opened


def as_it_lies_there(service: Service, database_url: str) -> bytes:
    """Return the raw bytes of the database: SQLite's files as they are, without a vacuum."""
    if not database_url.startswith("sqlite"):
        return everything_in(service, database_url)
    path = make_url(database_url).database or ""
    return b"".join(Path(path + suffix).read_bytes() for suffix in ("", "-wal"))


def test_nothing_is_found_of_somebody_who_was_erased(life: Life, database_url: str, capfd: pytest.CaptureFixture[str]):
    service = life.service
    assert len(set(life.canaries)) >= 25
    before = told_by_the_api(life) | found_in(life, as_it_lies_there(service, database_url), *under_seal(service))
    assert before == set(words_of(life)), "each stands somewhere, so that it can be missed afterwards"
    answer = life.erased()
    assert answer.status_code == 200, answer.text
    assert found_in(life, as_it_lies_there(service, database_url)) == neighbours(life, database_url)
    assert found_in(life, *under_seal(service)) == {FIRST, LAST}
    life.workers.everything()
    assert told_by_the_api(life) == {FIRST, LAST}
    assert found_in(life, capfd.readouterr().out.encode()) == set()


def neighbours(life: Life, database_url: str) -> set[str]:
    """The name stays, because another candidate has the same one."""
    return {FIRST, LAST}


def test_a_kept_answer_goes_and_its_request_is_not_done_again(life: Life):
    at = f"/v1/applications/{life.ids['neighbours_application']}/interactions"
    body = {"from_party": "candidate", "to_party": "recruiter", "summary": "Once"}
    keyed = {"Idempotency-Key": "of the neighbour"}
    assert life.admin.post(at, json=body, headers=keyed).status_code == 201
    count = len(life.admin.get(at).json()["items"])
    life.erased()
    again = life.admin.post(at, json=body, headers=keyed)
    assert (again.status_code, again.json()["code"]) == (409, "answer_erased")
    assert len(life.admin.get(at).json()["items"]) == count


def test_nothing_goes_with_them_that_is_somebody_elses(life: Life):
    before = {path: life.admin.get(path).content for path in of_the_neighbour(life)}
    life.erased()
    assert {path: life.admin.get(path).content for path in of_the_neighbour(life)} == before
    waiting = {"id": "later", "title": "Cook", "organisation_id": "o1"}
    life.crm.send("job.created", waiting)
    life.workers.process()
    assert life.admin.get("/v1/applications/by-ref/standard/a3").status_code == 200, "what waited of theirs is not lost"


def of_the_neighbour(life: Life) -> list[str]:
    at = f"/v1/applications/{life.ids['neighbours_application']}"
    return [f"/v1/candidates/{life.ids['neighbour_id']}", f"{at}/interactions", f"{at}/interviews", f"{at}/transitions"]


def test_what_happened_and_when_stays(life: Life):
    at = f"/v1/applications/{life.ids['application_id']}"
    parts = ("interviews", "interactions", "commitments", "checks", "milestones", "keep-warm-marks")
    before = {part: life.admin.get(f"{at}/{part}").json()["items"] for part in parts}
    stages = life.admin.get(f"{at}/transitions").json()["stages"]
    life.erased()
    words = {"summary", "details", "void_reason", "description", "label", "note"}
    for part, items in before.items():
        after = life.admin.get(f"{at}/{part}").json()["items"]
        assert [without(words, item) for item in after] == [without(words, item) for item in items]
    now = life.admin.get(f"{at}/transitions").json()
    assert now["stages"][: len(stages)] == stages
    assert now["items"][-1]["to"] == "cancelled"
    assert now["items"][-1]["reason"] == "The candidate was erased"


def without(names: set[str], item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in names}
