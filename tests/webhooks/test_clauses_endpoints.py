"""Standard Webhooks 1.0.0, clauses 20 to 24: endpoints, their deliveries and their settings."""

import asyncio
import json
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from app.kit.errors import Problem
from app.webhooks.endpoints.schemas import EndpointIn
from app.webhooks.endpoints.service import make_endpoint
from app.webhooks.models import attempt
from tests.agencies import as_role, made, new_agency
from tests.service import Client, Service
from tests.webhooks.receiver import answer
from tests.webhooks.sender_driver import ENDPOINTS, SenderDriver

HOOK = "https://receiver.example/hook"


@pytest.mark.parametrize("url", ["http://receiver.example/hook", "HTTP://receiver.example/", "ftp://receiver.example/"])
def test_clause_20_only_https_is_taken_in_production(start_service, url: str):
    service: Service = start_service()
    admin = new_agency(service.client("kw_operator_key_of_all_the_tests"))
    refused = admin.post(ENDPOINTS, {"url": url})
    assert (refused.status_code, refused.json()["code"]) == (422, "refused_url")
    one = made(admin, ENDPOINTS, {"url": HOOK})["endpoint"]
    refused = admin.patch(f"{ENDPOINTS}/{one['id']}", {"url": url})
    assert (refused.status_code, refused.json()["code"]) == (422, "refused_url")
    assert admin.get(f"{ENDPOINTS}/{one['id']}").json()["url"] == HOOK


def test_clause_21_an_internal_address_is_refused_where_it_is_given_and_where_it_is_dialled(
    admin: Client, post: SenderDriver
):
    trap = post.receiver()
    post.endpoint(admin, trap)
    post.sender = post.another_sender(private_targets=False)
    post.emit(admin)
    post.rounds()
    assert trap.connections == 0
    assert [row.error for row in post.attempts()] == ["refused_url"]


def test_clause_22_each_endpoint_gets_the_types_it_wants_and_no_others(
    admin: Client, stranger: Client, post: SenderDriver
):
    all_, flags, stages, other = (post.receiver() for _ in range(4))
    post.endpoint(admin, all_)
    post.endpoint(admin, flags, event_types=["flag.raised", "flag.cleared", "flag.raised"])
    post.endpoint(admin, stages, event_types=["application.stage_changed"])
    post.endpoint(stranger, other)
    emitted = {type: post.emit(admin, 3, type) for type in ("flag.raised", "flag.changed", "application.stage_changed")}
    post.rounds()
    assert sorted(all_.ids()) == sorted(id for ids in emitted.values() for id in ids)
    assert sorted(flags.ids()) == sorted(emitted["flag.raised"])
    assert sorted(stages.ids()) == sorted(emitted["application.stage_changed"])
    assert other.got == []


def test_clause_22_a_filter_that_changes_holds_from_then_on(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    one = post.endpoint(admin, receiver, event_types=["flag.raised"])
    first = post.emit(admin)
    assert admin.patch(f"{ENDPOINTS}/{one['id']}", {"event_types": ["flag.cleared"]}).status_code == 200
    post.emit(admin)
    third = post.emit(admin, 1, "flag.cleared")
    assert admin.patch(f"{ENDPOINTS}/{one['id']}", {"event_types": None}).json()["event_types"] is None
    fourth = post.emit(admin, 1, "timeline.revised")
    post.rounds()
    assert sorted(receiver.ids()) == sorted(first + third + fourth)


def test_clause_23_every_attempt_is_seen_with_its_status_time_and_error(admin: Client, post: SenderDriver):
    receiver = post.receiver(500, 204)
    one = post.endpoint(admin, receiver)
    (id,) = post.emit(admin)
    post.rounds()
    began = post.clock.now
    (shown,) = admin.get(f"{ENDPOINTS}/{one['id']}/deliveries").json()["items"]
    assert (shown["event_id"], shown["type"], shown["state"]) == (id, "flag.raised", "waiting")
    assert shown["next_attempt_at"] > began.isoformat()
    (attempt,) = shown["attempts"]
    assert (attempt["number"], attempt["status"], attempt["error"]) == (1, 500, None)
    assert attempt["at"] == began.isoformat().replace("+00:00", "Z")
    assert attempt["milliseconds"] >= 0
    post.clock.advance(seconds=6)
    post.rounds()
    shown = admin.get(f"{ENDPOINTS}/{one['id']}/deliveries/{shown['id']}").json()
    assert (shown["state"], shown["next_attempt_at"]) == ("delivered", None)
    assert [each["status"] for each in shown["attempts"]] == [500, 204]
    assert admin.get(f"{ENDPOINTS}/{one['id']}/deliveries", params={"state": "waiting"}).json()["items"] == []


def test_clause_23_deliveries_are_listed_where_an_answer_cannot_be_opened(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    receiver.reply = lambda _: answer(200, b"fine")
    one = post.endpoint(admin, receiver)
    post.emit(admin)
    post.rounds()
    post.set(attempt, sealed_answer=b"sealed under the secret before")
    post.emit(admin)
    post.rounds()
    deliveries = f"{ENDPOINTS}/{one['id']}/deliveries"
    newest, oldest = admin.get(deliveries).json()["items"]
    assert [each["answer"] for each in (*newest["attempts"], *oldest["attempts"])] == ["fine", None]
    assert admin.get(f"{deliveries}/{oldest['id']}").json() == oldest


def test_clause_23_one_is_replayed_with_its_id(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    one = post.endpoint(admin, receiver)
    post.emit(admin)
    post.rounds()
    deliveries = f"{ENDPOINTS}/{one['id']}/deliveries"
    (shown,) = admin.get(deliveries).json()["items"]
    post.clock.advance(days=3)
    again = admin.post(f"{deliveries}/{shown['id']}/replay")
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    post.rounds()
    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body)
    assert second.stamp - first.stamp == 3 * 24 * 3600


def test_clause_23_a_range_of_ten_thousand_is_replayed_with_their_ids(admin: Client, post: SenderDriver):
    before = post.emit(admin, 10)
    post.clock.advance(hours=1)
    since = post.clock.now
    receiver = post.receiver()
    one = post.endpoint(admin, receiver)
    ids = post.emit(admin, 10_000)
    post.clock.advance(hours=1)
    until = post.clock.now
    after = post.emit(admin, 10)
    made_before = len(post.deliveries())
    body = {"since": since.isoformat(), "until": until.isoformat()}
    assert admin.post(f"{ENDPOINTS}/{one['id']}/replay", body).json() == {"replayed": 10_000, "continue_since": None}
    assert len(post.deliveries()) == made_before == 10_010
    assert {str(row.event_id) for row in post.deliveries()} == {*ids, *after}
    assert all(row.state == "waiting" and row.due_at is not None for row in post.deliveries())
    everything = admin.post(f"{ENDPOINTS}/{one['id']}/replay", {"since": "2020-01-01T00:00:00Z"})
    # Events from before the endpoint was made are included.
    assert everything.json() == {"replayed": 10_020, "continue_since": None}
    assert {str(row.event_id) for row in post.deliveries()} == {*before, *ids, *after}


def test_clause_23_a_replay_of_what_failed_leaves_alone_what_was_taken(admin: Client, post: SenderDriver):
    receiver = post.receiver(204)
    one = post.endpoint(admin, receiver)
    taken = post.emit(admin, 3)
    post.rounds()
    receiver.says(500)
    lost = post.emit(admin, 2)
    for _ in range(11):
        post.rounds()
        post.clock.advance(hours=29)
        if any(row.disabled_at for row in post.endpoints()):
            break
    assert admin.patch(f"{ENDPOINTS}/{one['id']}", {"disabled": False}).status_code == 200
    receiver.says(204)
    receiver.got.clear()
    body = {"since": "2020-01-01T00:00:00Z", "only_failed": True, "event_types": ["flag.raised"]}
    admin.post(f"{ENDPOINTS}/{one['id']}/replay", body)
    post.rounds()
    assert set(lost) <= set(receiver.ids())
    assert not set(taken) & set(receiver.ids())


def test_clause_24_endpoints_are_made_read_changed_paused_tested_and_removed(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    one = post.endpoint(admin, receiver, description="The CRM")
    address = f"{ENDPOINTS}/{one['id']}"
    secret = one.pop("secret")
    assert admin.get(address).json() == one
    assert admin.get(ENDPOINTS).json()["items"] == [one]
    assert admin.get(f"{address}/health").json() == {
        "status": "ok", "success_rate": None, "attempts": 0, "waiting": 0, "succeeded_at": None, "failing_since": None,
        "failure": None, "throttled_until": None, "disabled_at": None, "disabled_reason": None,
    }  # fmt: skip
    changed = admin.patch(address, {"description": None, "concurrency": 3, "rate_per_second": 7, "paused": True}).json()
    assert (changed["description"], changed["concurrency"], changed["rate_per_second"]) == (None, 3, 7)
    assert admin.get(f"{address}/health").json()["status"] == "paused"

    assert admin.patch(address, {"paused": False}).status_code == 200
    test = made(admin, f"{address}/test", {})
    assert (test["type"], test["state"]) == ("endpoint.test", "waiting")
    assert post.rounds() == 1
    body = json.loads(receiver.got[0].body)
    assert (body["id"], body["type"], body["data"]) == (test["event_id"], "endpoint.test", {"endpoint_id": one["id"]})
    health = admin.get(f"{address}/health").json()
    assert (health["success_rate"], health["attempts"], health["waiting"]) == (1.0, 1, 0)

    assert admin.delete(address).status_code == 204
    assert admin.get(address).status_code == 404
    post.emit(admin)
    assert post.rounds() == 0
    assert secret not in admin.get(ENDPOINTS).text


def test_clause_24_a_disabled_endpoint_is_brought_back_before_it_is_tested(admin: Client, post: SenderDriver):
    receiver = post.receiver(410)
    address = f"{ENDPOINTS}/{post.endpoint(admin, receiver)['id']}"
    post.emit(admin)
    post.rounds()
    refused = admin.post(f"{address}/test")
    assert (refused.status_code, refused.json()["code"]) == (409, "endpoint_disabled")
    assert admin.patch(address, {"disabled": False}).status_code == 200
    receiver.says(204)
    test = made(admin, f"{address}/test", {})
    post.rounds()
    assert test["event_id"] in receiver.ids()


def test_clause_24_a_test_send_waits_for_the_end_of_a_pause(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    address = f"{ENDPOINTS}/{post.endpoint(admin, receiver, paused=True)['id']}"
    test = made(admin, f"{address}/test", {})
    assert (post.rounds(), test["state"]) == (0, "waiting")
    assert admin.patch(address, {"paused": False}).status_code == 200
    post.rounds()
    assert receiver.ids() == [test["event_id"]]


def test_clause_24_what_an_event_changes_is_no_change_to_the_endpoint(admin: Client, post: SenderDriver):
    receiver = post.receiver(204, 500)
    one = post.endpoint(admin, receiver, concurrency=1)
    address = f"{ENDPOINTS}/{one['id']}"
    read = admin.get(address).headers["etag"]
    post.emit(admin, 2)
    post.rounds()
    changed = admin.patch(address, {"description": "The CRM"}, headers={"If-Match": read})
    assert changed.status_code == 200
    late = admin.patch(address, {"description": "Another"}, headers={"If-Match": read})
    assert (late.status_code, admin.get(address).json()["description"]) == (412, "The CRM")


def test_clause_24_a_test_send_reaches_no_other_endpoint(admin: Client, post: SenderDriver):
    one, other = post.receiver(), post.receiver()
    made(admin, f"{ENDPOINTS}/{post.endpoint(admin, one)['id']}/test", {})
    post.endpoint(admin, other)
    post.rounds()
    assert (len(one.got), len(other.got)) == (1, 0)
    assert admin.post(ENDPOINTS, {"url": other.url, "event_types": ["endpoint.test"]}).status_code == 422


def test_clause_24_health_tells_of_failures_and_of_what_waits(admin: Client, post: SenderDriver):
    receiver = post.receiver(204, 204, 204, 500)
    one = post.endpoint(admin, receiver, concurrency=1)
    post.emit(admin, 6)
    post.rounds()
    health = admin.get(f"{ENDPOINTS}/{one['id']}/health").json()
    assert (health["status"], health["success_rate"], health["attempts"], health["waiting"]) == ("failing", 0.5, 6, 3)
    assert health["succeeded_at"] == health["failing_since"]
    post.clock.advance(days=2)
    health = admin.get(f"{ENDPOINTS}/{one['id']}/health").json()
    assert (health["success_rate"], health["attempts"]) == (None, 0)


def test_clause_24_an_agency_has_at_most_fifty_endpoints(admin: Client, post: SenderDriver):
    for _ in range(50):
        post.endpoint(admin, "https://receiver.example/")
    refused = admin.post(ENDPOINTS, {"url": HOOK})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_endpoints")


def test_clause_24_endpoints_that_are_made_at_once_are_fifty_at_most_too(admin: Client, post: SenderDriver):
    shared, agency_id = post.service.app.state.shared, UUID(admin.get("/v1/agency").json()["id"])

    def make(conn: sa.Connection) -> None:
        make_endpoint(post.work(conn, agency_id), EndpointIn(url=HOOK), private_targets=False)

    def forty_eight(conn: sa.Connection) -> None:
        for _ in range(48):
            make(conn)

    async def at_once() -> list[object]:
        await shared.database.across_agencies().write(forty_eight)
        ends: list[object] = await asyncio.gather(
            *(shared.database.across_agencies().write(make) for _ in range(8)), return_exceptions=True
        )
        return ends

    ends = post.service.run(at_once)
    assert sorted(end.code for end in ends if isinstance(end, Problem)) == ["too_many_endpoints"] * 6
    assert len(post.endpoints()) == 50


def test_clause_24_only_admins_of_the_same_agency_see_and_steer_them(
    admin: Client, stranger: Client, post: SenderDriver
):
    one = post.endpoint(admin, HOOK)
    post.emit(admin)
    (shown,) = admin.get(f"{ENDPOINTS}/{one['id']}/deliveries").json()["items"]
    secret = one["secrets"][0]["id"]
    since = {"since": "2020-01-01T00:00:00Z"}
    address = f"{ENDPOINTS}/{one['id']}"
    calls = [
        ("GET", address, None), ("PATCH", address, {"paused": True}), ("DELETE", address, None),
        ("POST", f"{address}/secrets", {}), ("DELETE", f"{address}/secrets/{secret}", None),
        ("POST", f"{address}/test", None), ("GET", f"{address}/deliveries", None), ("GET", f"{address}/health", None),
        ("GET", f"{address}/deliveries/{shown['id']}", None),
        ("POST", f"{address}/deliveries/{shown['id']}/replay", None), ("POST", f"{address}/replay", since),
    ]  # fmt: skip
    lesser = as_role(admin, "recruiter")
    for method, path, body in calls:
        assert stranger.request(method, path, json=body).status_code == 404
        assert lesser.request(method, path, json=body).status_code == 403
    assert stranger.get(ENDPOINTS).json()["items"] == []
    elsewhere = post.endpoint(admin, HOOK)
    other = f"{ENDPOINTS}/{elsewhere['id']}/deliveries/{shown['id']}"
    assert admin.get(other).status_code == 404
    assert admin.post(f"{other}/replay").status_code == 404
    assert admin.delete(f"{ENDPOINTS}/{elsewhere['id']}/secrets/{secret}").status_code in (404, 409)
    assert admin.get(f"{ENDPOINTS}/{uuid4()}").status_code == 404
    assert admin.get(address).json()["paused"] is False


def test_an_endpoint_that_is_made_paused_is_sent_what_waited_once_it_goes_on(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    one = post.endpoint(admin, receiver, paused=True)
    assert one["paused"] is True
    assert admin.get(f"{ENDPOINTS}/{one['id']}/health").json()["status"] == "paused"
    ids = post.emit(admin, 3)
    assert (post.rounds(), receiver.got) == (0, [])
    assert admin.patch(f"{ENDPOINTS}/{one['id']}", {"paused": False}).status_code == 200
    post.rounds()
    assert sorted(receiver.ids()) == sorted(ids)
