"""The outbox: an event, its deliveries and the fact they report are written together or not at all."""

import json
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.unit_of_work import UnitOfWork
from app.applications import projection
from app.kit.ids import new_id
from app.webhooks import outbox
from app.webhooks.endpoints.service import remove_endpoint
from app.webhooks.models import event, subscription
from app.webhooks.outbox import create_deliveries
from tests.agencies import new_agency
from tests.applications.agency_client import AgencyClient, day
from tests.event_rows import raw_event_row
from tests.service import Client, Service
from tests.snapshots import begin_with
from tests.webhooks.sender_driver import SenderDriver


@pytest.fixture
def agency(service: Service, operator: Client) -> AgencyClient:
    """An agency with a candidate on a job."""
    return begin_with(service, "an agency that was not swept", partial(AgencyClient, service, operator))


def lived(agency: AgencyClient) -> None:
    """A history with stage moves, flags that are raised, changed and cleared, follow-ups and a timeline."""
    interview = agency.interview(ended=day(4, 8))
    agency.add(f"jobs/{agency.job['id']}/timeline-revisions", stated_by="client", decision_by="2026-05-08")
    agency.says("recruiter", "candidate", "question")
    for hour in range(1, 9):
        agency.wait(day(4 + hour, 0))
    agency.add(f"interviews/{interview['id']}/follow-ups", occurred_at=day(11, 23))
    agency.moves("offer")


@pytest.fixture
def post_of(agency: AgencyClient, post: SenderDriver, operator: Client) -> Callable[[], dict[str, int]]:
    """Make three endpoints: all types, one type, another agency. The result returns their numbers of deliveries."""
    stranger = new_agency(operator, "Other")
    names = {
        post.endpoint(agency.admin, "https://all.example/")["id"]: "all",
        post.endpoint(agency.admin, "https://one.example/", event_types=["flag.raised"])["id"]: "flag.raised",
        post.endpoint(stranger, "https://other.example/")["id"]: "stranger",
    }

    def count() -> dict[str, int]:
        found = dict.fromkeys(names.values(), 0)
        for row in post.deliveries():
            found[names[str(row.endpoint_id)]] += 1
        return found

    return count


def test_every_event_of_a_life_has_its_deliveries_and_no_other_agency_hears_of_it(
    agency: AgencyClient, post: SenderDriver, post_of: Callable[[], dict[str, int]]
):
    lived(agency)
    events = agency.rows(event)
    types = {row["type"] for row in events}
    assert types >= {
        "flag.raised", "flag.changed", "flag.cleared", "application.stage_changed", "follow_up.logged",
        "follow_up.missed", "timeline.revised", "timeline.overdue",
    }  # fmt: skip
    raised = sum(row["type"] == "flag.raised" for row in events)
    assert post_of() == {"all": len(events), "flag.raised": raised, "stranger": 0}
    endpoints_of = defaultdict(set)
    for row in post.deliveries():
        endpoints_of[row.event_id].add(row.endpoint_id)
    assert set(endpoints_of) == {row["id"] for row in events}


def test_the_events_of_an_application_are_counted_without_a_gap_and_carry_nobodys_name(
    agency: AgencyClient, post: SenderDriver
):
    receiver = post.receiver()
    post.endpoint(agency.admin, receiver)
    other = agency.open_elsewhere()
    lived(agency)
    agency.moves("offer", application=other["id"])
    post.rounds()
    counted = defaultdict(list)
    for got in receiver.got:
        body = json.loads(got.body)
        counted[body["application_id"]].append(body["sequence"])
        assert not {"Robin", "Reed", "Acme", "Fitter"} & set(got.body.decode().replace('"', " ").split())
    of_jobs = counted.pop(None, [])
    assert set(of_jobs) <= {None}
    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in counted.values())
    assert len(counted[agency.id]) >= 8


def test_what_is_rolled_back_leaves_neither_event_nor_delivery(
    agency: AgencyClient, post: SenderDriver, post_of: Callable[[], dict[str, int]], monkeypatch: pytest.MonkeyPatch
):
    def failing(work: UnitOfWork, events: object) -> None:
        create_deliveries(work, events)  # type: ignore[arg-type]
        raise RuntimeError("at the very end")

    before = (len(agency.rows(event)), post_of())
    monkeypatch.setattr(projection, "create_deliveries", failing)
    with pytest.raises(AssertionError, match="unforeseen"):
        agency.says("recruiter", "candidate", "information", channel="linkedin")
    assert (len(agency.rows(event)), post_of()) == before


def test_an_endpoint_that_wants_a_type_twice_over_gets_one_delivery(admin: Client, post: SenderDriver):
    post.endpoint(admin, "https://all.example/")

    def also(conn: sa.Connection) -> None:
        (row,) = conn.execute(sa.select(subscription)).mappings()
        conn.execute(sa.insert(subscription).values(**{**row, "type": "flag.raised"}))

    post.service.write(also)
    post.emit(admin)
    assert len(post.deliveries()) == 1


def test_a_fact_is_kept_although_a_receiver_is_removed_at_that_moment(
    admin: Client, post: SenderDriver, monkeypatch: pytest.MonkeyPatch
):
    """The endpoint is deleted after the subscriptions are read and before the deliveries are written."""
    post.endpoint(admin, "https://staying.example/")
    gone = post.endpoint(admin, "https://going.example/")
    agency_id = UUID(admin.get("/v1/agency").json()["id"])
    being_deleted = outbox.endpoints_being_deleted

    def step(conn: sa.Connection) -> None:
        work = UnitOfWork(conn, post.clock(), Caller(agency_id, Role.admin), new_id)
        row = raw_event_row(work, agency_id, "flag.raised", {})
        conn.execute(sa.insert(event), [row])
        outbox.create_deliveries(work, [row])

    def remove_first(conn: sa.Connection, endpoints: set[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
        remove_endpoint(UnitOfWork(conn, post.clock(), Caller(agency_id, Role.admin)), UUID(gone["id"]))
        return being_deleted(conn, endpoints)

    monkeypatch.setattr(outbox, "endpoints_being_deleted", remove_first)
    post.service.write(step)
    assert len(post.deliveries()) == 1
