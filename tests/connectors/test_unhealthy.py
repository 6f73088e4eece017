"""A CRM that refuses us for a while: the agency is notified once, and again only after it had been healthy."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.webhooks.models import event
from tests.agencies import rows
from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import STAGES
from tests.crms.small import SmallCrm, connected, small_crm
from tests.service import Client, Clock, Service


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallCrm]:
    with small_crm(monkeypatch) as running:
        yield running


@pytest.fixture
def link(admin: Client, crm: SmallCrm) -> Sender:
    return connected(admin, crm, stage_map=STAGES)


def health_events(service: Service) -> list[dict[str, Any]]:
    return [row.data for row in rows(service, event) if row.type == "connection.unhealthy"]


def refused(crm: SmallCrm, workers: Workers, clock: Clock, minutes: int) -> None:
    """Every request of so many minutes is refused."""
    crm.fail_next(403, times=1000)
    for _ in range(0, minutes, 5):
        workers.sync()
        clock.advance(minutes=5)
    crm.answers_again()


def test_a_crm_that_refuses_for_a_quarter_of_an_hour_is_reported_once(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock, service: Service
):
    began = clock.now
    refused(crm, workers, clock, 15)
    assert (link.health()["status"], health_events(service)) == ("failing", [])
    refused(crm, workers, clock, 90)
    assert health_events(service) == [{"connection_id": link.id, "status": "failing"}]
    assert link.health()["failed_at"] == began.isoformat().replace("+00:00", "Z")


def test_it_is_reported_again_when_it_had_been_healthy_between(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock, service: Service
):
    refused(crm, workers, clock, 60)
    clock.advance(timedelta(minutes=30))
    workers.sync()
    assert link.health()["status"] == "ok"
    refused(crm, workers, clock, 60)
    assert len(health_events(service)) == 2


def test_new_credentials_restart_the_count(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock, service: Service
):
    refused(crm, workers, clock, 60)
    assert link.admin.patch(f"/v1/connections/{link.id}", {"credentials": {"key": "right"}}).status_code == 200
    assert link.health()["failed_at"] is None
    refused(crm, workers, clock, 60)
    assert len(health_events(service)) == 2
