"""The first and the last instants there are: what looks back or ahead from them has an answer, the same on both."""

import json
from typing import Any

import pytest

from tests.contract.sample_agency import RawRequest, SampleAgency

INSTANTS = [
    "1970-01-01T00:00:00Z",
    "1970-01-01T00:00:00+14:00",
    "2199-12-31T23:59:59.999999Z",
    "2199-12-31T23:59:59-12:00",
]


def asked(agency: SampleAgency, instant: str) -> list[RawRequest]:
    """Operations that accept an instant or a day, and the responses that contain it."""
    at, job = f"/v1/applications/{agency.ids['application_id']}", f"/v1/jobs/{agency.ids['job_id']}"
    day, opened = instant[:10], {"candidate_id": agency.ids["candidate_id"], "job_id": agency.ids["job_id"]}
    contact = {"from_party": "candidate", "to_party": "client"}

    def read(path: str, **params: str) -> RawRequest:
        return RawRequest("GET", path, agency.keys["admin"], params=params)

    def tell(path: str, **body: Any) -> RawRequest:
        return RawRequest("POST", path, agency.keys["admin"], json.dumps(body).encode())

    return [
        read(f"{at}/assessment", as_of=instant),
        read(f"{at}/contact-check", at=instant, **contact),
        read("/v1/worklist", on=day),
        tell(f"{at}/interviews", starts_at=instant, ends_at=instant),
        tell(f"{at}/interactions", occurred_at=instant, **contact),
        tell(f"{at}/commitments", owed_by="client", description="A word", due_on=day),
        tell(f"{at}/commitments", owed_by="recruiter", description="A word", due_on=day),
        tell(f"{at}/checks", kind="medical", booked_for=instant, result_by=day),
        tell(f"{at}/checks", kind="medical", asked_at=instant),
        tell(f"{at}/milestones", kind="start_agreed", on=day),
        tell(f"{at}/milestones", kind="started", at=instant),
        tell(f"{job}/timeline-revisions", stated_by="client", decision_by=day, contact_from=day),
        tell(f"{job}/timeline-revisions", stated_by="client", note="Soon", stated_at=instant),
        tell("/v1/candidates", name="Kim", away=[{"from": day, "to": day}]),
        tell(f"/v1/flags/{agency.ids['flag_id']}/snooze", until=instant),
        tell("/v1/api-keys", name="Long", expires_at=instant),
        tell("/v1/applications", opened_at=instant, **opened),
        tell(f"{at}/transitions", to="on_hold", at=instant),
        read(f"{at}/assessment"),
        read(f"{at}/assessment", as_of=instant),
        read(f"{at}/history"),
        read(f"{at}/transitions"),
        read(f"{job}/timeline"),
        read("/v1/flags"),
        read("/v1/worklist"),
        read("/v1/pipeline"),
        read("/v1/api-keys"),
    ]


@pytest.mark.parametrize("instant", INSTANTS)
def test_the_first_and_the_last_instants_there_are(both, instant):
    seen = []
    for agency in both:
        requests = asked(agency, instant)
        answers = agency.send(*requests)
        for request, answer in zip(requests, answers, strict=True):
            assert answer.status_code < 500, f"{request.path} {request.params} {request.body!r}"
        seen.append([answer.status_code for answer in answers])
    assert seen[0] == seen[1]
    assert seen[0].count(200) + seen[0].count(201) > len(seen[0]) / 2
