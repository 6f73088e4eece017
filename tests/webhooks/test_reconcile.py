"""Reconciliation of missing deliveries. Nothing is sent to an endpoint that did not subscribe."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from app.webhooks.models import webhook_delivery
from app.webhooks.reconcile import LOOKBACK, MAX_CREATED_DELIVERIES
from app.worker import tidy_once
from tests.agencies import new_agency
from tests.service import Client, Service
from tests.webhooks.sender_driver import ENDPOINTS, SenderDriver


def tidy(service: Service) -> None:
    state = service.app.state
    service.run(tidy_once, state.shared.database, state.settings, service.clock)


def lose_every_delivery(service: Service) -> None:
    service.write(
        lambda conn: conn.execute(sa.delete(webhook_delivery)).rowcount,
    )


def test_what_was_not_handed_out_is_handed_out_by_the_next_tidying(
    admin: Client, operator: Client, post: SenderDriver, service: Service
):
    all_of_it, some = post.receiver(), post.receiver()
    post.endpoint(admin, all_of_it)
    post.endpoint(admin, some, event_types=["flag.cleared"])
    post.endpoint(new_agency(operator, "Other"), post.receiver())
    raised, cleared = post.emit(admin, MAX_CREATED_DELIVERIES), post.emit(admin, 3, "flag.cleared")
    lose_every_delivery(service)
    post.clock.advance(minutes=2)
    tidy(service)
    post.rounds()
    post.clock.advance(seconds=1)
    post.rounds()
    assert sorted(all_of_it.ids()) == sorted([*raised, *cleared])
    assert sorted(some.ids()) == sorted(cleared)


def test_what_has_its_delivery_is_left_alone(admin: Client, post: SenderDriver, service: Service):
    receiver = post.receiver()
    post.endpoint(admin, receiver)
    post.emit(admin, 3)
    post.rounds()
    post.clock.advance(minutes=2)
    tidy(service)
    assert post.rounds() == 0
    assert len(receiver.got) == 3


@pytest.mark.parametrize("why", ["not asked for yet", "no longer asked for", "just now", "long ago", "a test"])
def test_no_delivery_is_created_without_a_subscription(admin: Client, post: SenderDriver, service: Service, why: str):
    if why == "not asked for yet":
        post.emit(admin)
        post.clock.advance(seconds=1)
    one = post.endpoint(admin, "https://one.example/", event_types=["flag.raised", "flag.changed"])
    if why == "a test":
        assert admin.post(f"{ENDPOINTS}/{one['id']}/test").status_code == 201
    elif why != "not asked for yet":
        post.emit(admin)
    lose_every_delivery(service)
    if why == "no longer asked for":
        assert admin.patch(f"{ENDPOINTS}/{one['id']}", {"event_types": ["flag.changed"]}).status_code == 200
    post.clock.advance(seconds={"just now": 30, "long ago": LOOKBACK.total_seconds() + 1}.get(why, 120))
    tidy(service)
    assert post.deliveries() == []


def test_a_type_that_stays_asked_for_is_asked_for_since_then(admin: Client, post: SenderDriver, service: Service):
    one = post.endpoint(admin, "https://one.example/", event_types=["flag.raised"])
    post.emit(admin)
    lose_every_delivery(service)
    post.clock.advance(minutes=2)
    changed = {"event_types": ["flag.raised", "flag.cleared"]}
    assert admin.patch(f"{ENDPOINTS}/{one['id']}", changed).status_code == 200
    tidy(service)
    assert [row.endpoint_id for row in post.deliveries()] == [UUID(one["id"])]
