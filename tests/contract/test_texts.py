"""Unusual and valid text is stored unchanged, up to the maximum length, on both databases."""

import json
from urllib.parse import quote

import pytest

from tests.contract.bodies import fields
from tests.contract.hostile import ODD_TEXTS
from tests.contract.sample_agency import RawRequest, SampleAgency

REFS = ["a/b", "a b", "a?b=c", "a#b", "a%2Fb", "é", "קים", "🐫", "'; --", "\\", "a" * 200, "𝄞" * 200]
BY_REF = {
    "organisations": {"name": "Acme"},
    "client-contacts": {"name": "Sam", "role": "hr", "organisation_id": "organisation_id"},
    "candidates": {"name": "Kim"},
    "jobs": {"title": "Engineer", "organisation_id": "organisation_id"},
    "timeline-revisions": {"job_id": "job_id", "stated_by": "client", "note": "Soon"},
    "applications": {"candidate_id": "candidate_id", "job_id": "job_id"},
    "interviews": {"application_id": "application_id", "starts_at": "2026-06-01T00:00:00Z",
                   "ends_at": "2026-06-01T01:00:00Z"},
    "interactions": {"application_id": "application_id", "from_party": "client", "to_party": "recruiter"},
    "commitments": {"application_id": "application_id", "owed_by": "client", "description": "An answer",
                    "due_on": "2026-06-01"},
    "checks": {"application_id": "application_id", "kind": "reference"},
    "milestones": {"application_id": "application_id", "kind": "written_offer"},
    # A candidate has one mark at a time, but any number that have ended.
    "keep-warm-marks": {"application_id": "ended_application_id", "at": "2026-04-20T00:00:00Z",
                        "ended_at": "2026-04-21T00:00:00Z"},
    "transitions": {"application_id": "application_id", "to": "on_hold"},
}  # fmt: skip
"""For each kind of thing that another system may name, the least that makes one."""


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=list(ODD_TEXTS))
def test_an_odd_text_is_stored_as_it_was_sent(agency, text):
    at = f"/v1/applications/{agency.ids['application_id']}"
    said = {"from_party": "client", "to_party": "recruiter", "summary": f"{text}\n\t{text}"}
    promised = {"owed_by": "client", "description": text, "due_on": "2026-06-01"}
    made = {"/v1/candidates": {"name": text, "phone": text}, f"{at}/interactions": said, f"{at}/commitments": promised}
    made |= {f"{at}/checks": {"kind": "other", "label": text}, f"{at}/milestones": {"kind": "resigned", "note": text}}
    for path, body in made.items():
        (answer,) = agency.send(RawRequest("POST", path, agency.keys["admin"], json.dumps(body).encode()))
        assert answer.status_code == 201, answer.text
        where = f"/v1/{path.rpartition('/')[2]}/{answer.json()['id']}"
        (found,) = agency.send(RawRequest("GET", where, agency.keys["viewer"]))
        assert body.items() <= found.json().items()


def test_a_text_is_trimmed_at_its_ends(agency):
    body = json.dumps({"name": " \u00a0Kim  Lee\u3000\n"[:-1]}).encode()
    (answer,) = agency.send(RawRequest("POST", "/v1/candidates", agency.keys["admin"], body))
    assert answer.json()["name"] == "Kim  Lee"


def test_every_kind_of_thing_is_found_by_what_another_system_calls_it(both):
    paths = {operation.path for operation in both[0].operations if "/by-ref/" in operation.path}
    assert {path.split("/")[2] for path in paths} == set(BY_REF)
    for agency in both:
        for kind, least in BY_REF.items():
            body = json.dumps({name: agency.ids.get(value, value) for name, value in least.items()}).encode()
            for ref in REFS if kind != "transitions" else REFS[:1]:
                where = f"/v1/{kind}/by-ref/crm/{quote(ref, safe='')}"
                made, found = agency.send(
                    RawRequest("PUT", where, agency.keys["admin"], body), RawRequest("GET", where, agency.keys["admin"])
                )
                assert (made.status_code, found.status_code) == (201, 200), f"{kind} {ref}: {made.text}"
                assert found.json()["external_ref"] == {"system": "crm", "id": ref}
                assert found.json()["id"] == made.json()["id"]


def longest(agency: SampleAgency, path: str, field: str) -> int:
    """Return the number of characters that the schema allows in a field."""
    (operation,) = (one for one in agency.operations if one.name == f"POST {path}")
    assert operation.body is not None
    (found,) = (one for one in fields(operation.body) if one.place == (field,))
    length: int = found.schema["maxLength"]
    return length


@pytest.mark.parametrize("character", ["a", "é", "𝄞"])
def test_the_longest_text_that_fits_is_kept_whole(agency, character):
    at = "/v1/applications/{application_id}"
    said = {"from_party": "client", "to_party": "recruiter"}
    promised = {"owed_by": "client", "due_on": "2026-06-01"}
    for path, field, rest in [
        ("/v1/candidates", "name", {}),
        ("/v1/candidates", "phone", {"name": "Kim"}),
        ("/v1/jobs", "title", {"organisation_id": agency.ids["organisation_id"]}),
        ("/v1/recruiters", "name", {}),
        (f"{at}/interactions", "summary", said),
        (f"{at}/commitments", "description", promised),
        (f"{at}/checks", "label", {"kind": "other"}),
        (f"{at}/milestones", "note", {"kind": "resigned"}),
        (f"{at}/transitions", "reason", {"to": "rejected"}),
    ]:
        text = character * longest(agency, path, field)
        body = json.dumps({**rest, field: text}).encode()
        (answer,) = agency.send(RawRequest("POST", path.format(**agency.ids), agency.keys["admin"], body))
        assert answer.status_code == 201, f"{path} {field}: {answer.text[:300]}"
        assert answer.json()[field] == text


def test_the_longest_address_for_mail_is_kept_whole(agency):
    mail = "k" * 308 + "@example.com"
    body = json.dumps({"name": "Kim", "email": mail}).encode()
    (answer,) = agency.send(RawRequest("POST", "/v1/candidates", agency.keys["admin"], body))
    assert (len(mail), answer.json()["email"]) == (320, mail)
