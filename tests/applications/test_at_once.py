"""Two hundred requests at once on one candidate's applications, and sweeps among them: no deadlock, nothing lost."""

import asyncio
from typing import Any

import httpx

from app.webhooks.models import event
from app.worker import sweep_once
from tests.applications.agency_client import AgencyClient, day, wire


def requests(agency: AgencyClient, applications: list[str]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return two hundred requests of every kind that affects more than one application."""
    job, organisation, candidate = agency.job["id"], agency.organisation["id"], agency.candidate["id"]
    made: list[tuple[str, str, dict[str, Any]]] = []
    says = {"from_party": "candidate", "to_party": "recruiter", "purpose": "question"}
    for number in range(20):
        asks = says | {"from_party": "recruiter", "to_party": "candidate", "two_way": number % 2 > 0}
        away = {"away": [{"from": "2026-05-09", "to": f"2026-05-{10 + number}"}]}
        for position, one in enumerate(applications):
            made.append(("POST", f"/v1/applications/{one}/interactions", says if position % 2 else asks))
        made += [
            ("POST", f"/v1/jobs/{job}/timeline-revisions", {"stated_by": "client", "decision_by": "2026-05-08"}),
            ("PATCH", f"/v1/candidates/{candidate}", away),
            ("PATCH", f"/v1/organisations/{organisation}", {"contact_style": {"note": f"Note {number}"}}),
            ("PATCH", "/v1/policy", {"going_quiet": {"max_silence": 10 + number}}),
            ("PUT", f"/v1/interactions/by-ref/crm/{number % 3}", says | {"application_id": applications[0]}),
        ]
    return made


def test_all_are_answered_and_what_is_stored_is_what_the_rules_say(agency: AgencyClient):
    applications = [agency.id, *(agency.open_elsewhere()["id"] for _ in range(4))]
    for one in applications:
        agency.interview(one, ended=day(1, 10))
    agency.clock.now = day(6, 9)
    prepared = requests(agency, applications)
    assert len(prepared) == 200
    state, headers = agency.service.app.state, agency.admin._headers
    settings = state.settings.model_copy(update={"sweep_batch": 2})

    async def all_of_them() -> list[httpx.Response]:
        ten, left = asyncio.Semaphore(10), [len(prepared)]

        async def tell(method: str, path: str, body: dict[str, Any]) -> httpx.Response:
            async with ten:
                answer = await agency.service.http.request(method, path, json=wire(body), headers=headers)
            left[0] -= 1
            return answer

        async def sweeps() -> None:
            while left[0]:
                await sweep_once(state.shared.database, settings, agency.clock)

        sweeping = asyncio.gather(sweeps(), sweeps())
        answers = await asyncio.gather(*(tell(*one) for one in prepared))
        await sweeping
        return answers

    answers = agency.service.run(all_of_them)
    assert [answer.text for answer in answers if answer.status_code not in {200, 201}] == []
    agency.sweep()
    for one in applications:
        assert agency.active_flags(one) == agency.found(one)
        sequence = sorted(row["sequence"] for row in agency.rows(event) if str(row["application_id"]) == one)
        assert sequence == list(range(1, len(sequence) + 1))
        said = agency.get(f"applications/{one}/interactions", limit=200)["items"]
        assert len(said) == (23 if one == applications[0] else 20)
