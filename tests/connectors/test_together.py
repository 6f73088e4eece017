"""Workers in parallel on the same few records: each event is applied once, as if one worker had done it all."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from app.connectors.inbox import worker
from app.connectors.models import inbound_event
from tests.agencies import rows
from tests.connectors.connected import Sender, Workers
from tests.connectors.signed_requests import Hook
from tests.connectors.standard_events import JOB, call, fetch, interview, person
from tests.service import Client, Clock, Service
from tests.steps import process_once

EVENTS, PEOPLE, WORKERS = 200, 4, 4


def event_of(clock: Clock, number: int) -> tuple[str, dict[str, Any]]:
    """Make one of many events about a few people on one job; they name each other in both directions."""
    who, job = number % PEOPLE, {**JOB, "title": f"Chef {number}"}
    application = {**person(who), "job": job}
    match number // PEOPLE % 4:
        case 0:
            return "interview.updated", interview(clock.now, id=f"i{who}", application=application)
        case 1:
            return "application.updated", {**application, "status": {"value": "Interview"}}
        case 2:
            return "activity.updated", call(clock.now - timedelta(minutes=1), id=f"n{who}", application_id=f"a{who}")
        case _:
            return "job.updated", job


def test_workers_side_by_side_apply_each_event_once(
    crm: Sender, workers: Workers, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker, "BATCH", 7)
    start = clock.now
    clock.advance(days=1)
    numbers = random.Random(5).sample(range(EVENTS), EVENTS)
    for number in numbers:
        crm.send(*event_of(clock, number), at=start + timedelta(minutes=number))

    async def work() -> int:
        done = 0
        while found := await process_once(workers.context):
            done += found
        return done

    async def side_by_side() -> list[int]:
        return await asyncio.gather(*(work() for _ in range(WORKERS)))

    crm.service.run(side_by_side)
    workers.process()
    states = Counter(row.state for row in rows(crm.service, inbound_event))
    assert states["parked"] == states["waiting"] == 0, [event["reason"] for event in crm.events("parked")]
    assert not [row.reason for row in rows(crm.service, inbound_event) if "error" in (row.reason or "")]
    last = max(number for number in range(EVENTS) if event_of(clock, number)[0] != "activity.updated")
    assert fetch(crm, "jobs/by-ref/standard/j1")["title"] == f"Chef {last}"
    for who in range(PEOPLE):
        at = fetch(crm, f"applications/by-ref/standard/a{who}")
        assert at["effective_stage"] == "interviewed"
        assert len(fetch(crm, f"applications/{at['id']}/interviews")["items"]) == 1
        assert len(fetch(crm, f"applications/{at['id']}/interactions")["items"]) == 1


def test_the_one_organisation_of_an_employers_own_ats_is_made_once(
    admin: Client, workers: Workers, service: Service, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker, "BATCH", 1)
    hook = Hook(admin, "standard")
    jobs = [{"type": "job.updated", "data": {"id": f"j{number}", "title": "Chef"}} for number in range(8)]
    for number, document in enumerate(jobs):
        request = hook.scheme.sign(document, hook.secret, service.clock.now, f"msg_{number}")
        assert hook.send(request).status_code == 200

    async def side_by_side() -> list[int]:
        return await asyncio.gather(*(process_once(workers.context) for _ in jobs))

    service.run(side_by_side)
    assert {event["state"] for event in hook.kept()} == {"applied"}
    [organisation] = admin.get("/v1/organisations").json()["items"]
    assert organisation["name"] == "first"
