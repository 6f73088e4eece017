"""An activity about several applications counts for each of them."""

from datetime import timedelta
from typing import Any

from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import JOB, call, fetch
from tests.service import Clock


def open_all(crm: Sender, *numbers: int) -> None:
    for number in numbers:
        candidate = {"id": f"c{number}", "name": f"Candidate {number}"}
        crm.send("application.updated", {
            "id": f"a{number}", "candidate": candidate, "job": JOB, "status": "Interview"})  # fmt: skip


def logged(crm: Sender) -> dict[str, list[bool]]:
    """Return by each application's CRM id whether each interaction on it counts."""
    found = {}
    for one in fetch(crm, "applications")["items"]:
        items = fetch(crm, f"applications/{one['id']}/interactions")["items"]
        found[one["external_ref"]["id"]] = [item["voided_at"] is None for item in items]
    return found


def about(clock: Clock, *numbers: int, **more: Any) -> dict[str, Any]:
    whom = {"candidates": [f"c{number}" for number in numbers], "job_id": "j1"}
    return call(clock.now - timedelta(hours=1), **whom) | more


def test_it_counts_for_each(crm: Sender, workers: Workers, clock: Clock):
    open_all(crm, 1, 2, 3)
    crm.send("activity.created", about(clock, 1, 2, 3))
    workers.process()
    assert logged(crm) == {"a1": [True], "a2": [True], "a3": [True]}
    outcomes = [one for one in crm.events()[0]["outcome"] if one["kind"] == "activity"]
    assert [one["what"] for one in outcomes] == ["created"] * 3
    assert len({one["id"] for one in outcomes}) == 3


def test_named_twice_it_counts_once(crm: Sender, workers: Workers, clock: Clock):
    open_all(crm, 1)
    crm.send("activity.created", about(clock, 1, 1))
    workers.process()
    assert logged(crm) == {"a1": [True]}


def test_edited_it_follows_in_any_order_of_the_names(crm: Sender, workers: Workers, clock: Clock):
    open_all(crm, 1, 2, 3)
    for numbers in ((1, 2), (3, 2, 1), (2, 3), (3,)):
        crm.send("activity.updated", about(clock, *numbers))
        workers.process()
        clock.advance(minutes=1)
        counts = {name for name, each in logged(crm).items() if any(each)}
        assert counts == {f"a{number}" for number in numbers}
        assert all(sum(each) <= 1 for each in logged(crm).values())


def test_deleted_it_counts_for_nobody(crm: Sender, workers: Workers, clock: Clock):
    open_all(crm, 1, 2)
    crm.send("activity.created", about(clock, 1, 2))
    workers.process()
    clock.advance(minutes=1)
    crm.send("activity.deleted", {"id": "n1"})
    workers.process()
    assert logged(crm) == {"a1": [False], "a2": [False]}


def test_one_who_is_not_watched_yet_holds_up_nobody_and_is_waited_for(crm: Sender, workers: Workers, clock: Clock):
    open_all(crm, 1)
    crm.send("candidate.created", {"id": "c2", "name": "Candidate 2"})
    crm.send("activity.created", about(clock, 1, 2))
    workers.process()
    assert logged(crm) == {"a1": [True]}
    open_all(crm, 2)
    workers.process()
    assert logged(crm) == {"a1": [True], "a2": [True]}


def test_each_who_is_not_watched_yet_is_waited_for(crm: Sender, workers: Workers, clock: Clock):
    open_all(crm, 3)
    for number in (1, 2):
        crm.send("candidate.created", {"id": f"c{number}", "name": f"Candidate {number}"})
    crm.send("activity.created", about(clock, 3, 1, 2))
    workers.process()
    assert logged(crm) == {"a3": [True]}
    open_all(crm, 2)
    workers.process()
    assert logged(crm) == {"a3": [True], "a2": [True]}, "though the first of them never opens"
    open_all(crm, 1)
    workers.process()
    assert logged(crm) == {"a3": [True], "a2": [True], "a1": [True]}


def test_voided_on_one_application_it_stays_voided_there(crm: Sender, workers: Workers, clock: Clock):
    open_all(crm, 1, 2)
    crm.send("activity.created", about(clock, 1, 2))
    workers.process()
    application = fetch(crm, "applications/by-ref/standard/a2")["id"]
    [item] = fetch(crm, f"applications/{application}/interactions")["items"]
    crm.admin.post(f"/v1/interactions/{item['id']}/void", {"reason": "It was not about her"})
    clock.advance(minutes=1)
    crm.send("activity.updated", about(clock, 1, 2, text="Corrected"))
    workers.process()
    assert logged(crm) == {"a1": [True], "a2": [False]}


def test_of_somebody_who_was_erased_nothing_is_kept_and_no_word_on_the_others(
    crm: Sender, workers: Workers, clock: Clock
):
    open_all(crm, 1, 2)
    workers.process()
    candidate = fetch(crm, "candidates/by-ref/standard/c2")["id"]
    assert crm.admin.post(f"/v1/candidates/{candidate}/erasure", {}).status_code in (200, 201)
    crm.send("activity.created", about(clock, 2, 1, text="Spoke about Candidate 2"))
    workers.process()
    found = {one["candidate_id"]: one["id"] for one in fetch(crm, "applications")["items"]}
    assert fetch(crm, f"applications/{found.pop(candidate)}/interactions")["items"] == []
    [other] = found.values()
    [item] = fetch(crm, f"applications/{other}/interactions")["items"]
    assert item["summary"] is None
    newest = crm.events()[0]
    assert [one["what"] for one in newest["outcome"] if one["kind"] == "activity"] == ["erased", "created"]
    replayed = crm.admin.post(f"/v1/connections/{crm.id}/events/{newest['id']}/replay", {})
    assert replayed.json()["code"] == "body_dropped", "its text may speak of them"


def test_named_by_its_candidates_alone_it_counts_for_each_however_often_it_arrives(
    crm: Sender, workers: Workers, clock: Clock
):
    open_all(crm, 1, 2, 3)
    for numbers in ((1, 2, 3), (1, 2, 3), (2, 3), (3, 1)):
        about_all = call(clock.now - timedelta(hours=1), candidates=[f"c{number}" for number in numbers])
        crm.send("activity.updated", about_all)
        workers.process()
        clock.advance(minutes=1)
        counts = {name for name, each in logged(crm).items() if any(each)}
        assert counts == {f"a{number}" for number in numbers}


def test_replayed_it_still_counts_for_each(crm: Sender, workers: Workers, clock: Clock):
    open_all(crm, 1, 2)
    crm.send("activity.created", call(clock.now - timedelta(hours=1), candidates=["c1", "c2"]))
    workers.process()
    crm.admin.post(f"/v1/connections/{crm.id}/events/{crm.events()[0]['id']}/replay", {})
    workers.process()
    assert logged(crm) == {"a1": [True], "a2": [True]}


def test_it_stays_on_the_application_of_its_candidate_where_it_was_logged(crm: Sender, workers: Workers, clock: Clock):
    open_all(crm, 1)
    crm.send("activity.created", call(clock.now - timedelta(hours=1), candidate_id="c1"))
    workers.process()
    job = JOB | {"id": "j2", "title": "Another job"}
    again = {"id": "a9", "candidate": {"id": "c1", "name": "Candidate 1"}, "job": job, "status": "Interview"}
    crm.send("application.updated", again)
    clock.advance(minutes=1)
    crm.send("activity.updated", call(clock.now - timedelta(hours=1), candidate_id="c1", text="Edited"))
    workers.process()
    assert logged(crm) == {"a1": [True], "a9": []}


def test_corrected_to_another_candidate_it_moves(crm: Sender, workers: Workers, clock: Clock):
    open_all(crm, 1, 2)
    crm.send("activity.created", call(clock.now - timedelta(hours=1), candidate_id="c1"))
    workers.process()
    clock.advance(minutes=1)
    crm.send("activity.updated", call(clock.now - timedelta(hours=1), candidate_id="c2"))
    workers.process()
    assert logged(crm) == {"a1": [False], "a2": [True]}
