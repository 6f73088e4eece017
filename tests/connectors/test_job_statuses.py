"""A job's status as the CRM has it, and since when."""

from datetime import datetime, timedelta

from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import JOB, fetch
from tests.service import Clock


def z(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def test_a_status_is_dated_by_the_change_of_the_record(crm: Sender, workers: Workers, clock: Clock):
    opened = clock.now - timedelta(days=9)
    for day, status in enumerate(["open", "open", "filled", "closed"]):
        changed = opened + timedelta(days=day)
        crm.send("job.updated", JOB | {"status": status, "updated_at": changed.isoformat()})
        workers.process()
        job = fetch(crm, "jobs/by-ref/standard/j1")
        since = opened if status == "open" else opened + timedelta(days=2)
        assert (job["status"], job["status_at"]) == (status, z(since)), day


def test_a_status_time_ahead_of_our_clock_is_now(crm: Sender, workers: Workers, clock: Clock):
    crm.send("job.updated", JOB | {"status": "filled", "updated_at": (clock.now + timedelta(hours=2)).isoformat()})
    workers.process()
    assert fetch(crm, "jobs/by-ref/standard/j1")["status_at"] == z(clock.now)
