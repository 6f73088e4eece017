"""Events of the generic endpoint: one candidate, one job, one application, and what their words mean."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.connectors.connected import Sender
from tests.service import Service

ORGANISATION = {"id": "o1", "name": "Acme Foods"}
JOB = {"id": "j1", "title": "Chef", "organisation": ORGANISATION}
CANDIDATE = {"id": "c1", "name": "Ana Petrova", "email": "ana@example.com"}
APPLICATION = {"id": "a1", "candidate": CANDIDATE, "job": JOB}
BARE = {"id": "a1", "candidate_id": "c1", "job_id": "j1"}
"""The application as a CRM sends it that sends each record by itself."""

STAGES = {"Interview": "interview_scheduled", "Interviewed": "interviewed", "Offer": "offer", "Rejected": "rejected"}
ACTIVITIES = {
    "call": {"channel": "phone", "two_way": True, "from_party": "recruiter", "to_party": "client"},
    "note": "ignore",
}


def person(number: int) -> dict[str, Any]:
    """Make one of many applications on the same job."""
    candidate = {"id": f"c{number}", "name": f"Candidate {number}"}
    return {"id": f"a{number}", "candidate": candidate, "job": JOB}


def interview(ends_at: datetime, **more: Any) -> dict[str, Any]:
    """Make an interview of an hour that was booked a day before."""
    began = ends_at - timedelta(hours=1)
    times = {"starts_at": began, "ends_at": ends_at, "booked_at": began - timedelta(days=1)}
    return {"id": "i1"} | {name: at.isoformat() for name, at in times.items()} | more


def call(at: datetime, **more: Any) -> dict[str, Any]:
    """Make a call with the client."""
    return {"id": "n1", "type": "call", "occurred_at": at.isoformat()} | more


def fetch(crm: Sender, path: str) -> Any:
    """Return the answer to GET /v1/`path`."""
    answer = crm.admin.get(f"/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def at_once(service: Service, requests: Iterable[tuple[str, Mapping[str, str], bytes]]) -> list[httpx.Response]:
    """Many hooks at the same time: address, headers and body of each."""

    async def all_of_them() -> list[httpx.Response]:
        return list(
            await asyncio.gather(
                *(service.http.post(path, headers=dict(headers), content=body) for path, headers, body in requests)
            )
        )

    return service.run(all_of_them)
