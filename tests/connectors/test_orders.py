"""The order of events of one record does not change the result. (Interviews: test_inbox.py.)

All 24 orders are sent side by side, each of an application of its own, one event of each and then the next.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import JOB, call, fetch, interview, person
from tests.service import Clock

ORDERS = dict(enumerate(permutations(range(4))))
SentEvent = tuple[str, dict[str, Any], datetime]
"""An event: its type, its data and when it happened."""


def status(number: int, value: str) -> dict[str, Any]:
    return {**person(number), "status": {"value": value}}


def send_events(crm: Sender, workers: Workers, events_of: Callable[[int], list[SentEvent]]) -> None:
    """Send the events of each application in its own order."""
    for step in range(4):
        for number, order in ORDERS.items():
            type, data, at = events_of(number)[order[step]]
            assert crm.send(type, data, at=at).status_code == 200
        workers.process()
    assert crm.events("parked") == crm.events("waiting") == []


def ends(crm: Sender, path: str = "") -> dict[tuple[int, ...], Any]:
    """Return each application by its order, or the records below it."""
    found = {}
    for number, order in ORDERS.items():
        at = fetch(crm, f"applications/by-ref/standard/a{number}")
        found[order] = fetch(crm, f"applications/{at['id']}/{path}")["items"] if path else at
    return found


def interviewed(crm: Sender, workers: Workers, clock: Clock) -> datetime:
    """Hold the interview of each application, and return its end."""
    for number in ORDERS:
        crm.send("interview.updated", interview(clock.now, id=f"i{number}", application=person(number)))
    workers.process()
    ended = clock.now
    clock.advance(days=1)
    return ended


def test_an_application_stands_where_the_crm_last_had_it(crm: Sender, workers: Workers, clock: Clock):
    start = clock.now
    clock.advance(days=1)

    def events_of(number: int) -> list[SentEvent]:
        words = ("Interview", "Interviewed", "Offer", "Rejected")
        return [
            ("application.updated", status(number, word), start + timedelta(hours=hour))
            for hour, word in enumerate(words)
        ]

    send_events(crm, workers, events_of)
    assert {order: at["stage"] for order, at in ends(crm).items() if at["stage"] != "rejected"} == {}


def test_an_application_that_is_deleted_in_the_end_is_over(crm: Sender, workers: Workers, clock: Clock):
    start = clock.now
    clock.advance(days=1)

    def events_of(number: int) -> list[SentEvent]:
        words = ("Interview", "Interviewed", "Offer")
        moves: list[SentEvent] = [
            ("application.updated", status(number, word), start + timedelta(hours=hour))
            for hour, word in enumerate(words)
        ]
        return [*moves, ("application.deleted", {"id": f"a{number}"}, start + timedelta(hours=3))]

    send_events(crm, workers, events_of)
    assert {order: at["stage"] for order, at in ends(crm).items() if at["stage"] != "cancelled"} == {}


def test_a_call_says_what_it_said_last(crm: Sender, workers: Workers, clock: Clock):
    start = interviewed(crm, workers, clock)

    def version(number: int, nth: int) -> dict[str, Any]:
        at = start + timedelta(minutes=nth)
        return call(at, id=f"n{number}", application_id=f"a{number}", text=f"Version {nth}")

    def events_of(number: int) -> list[SentEvent]:
        return [("activity.updated", version(number, nth), start + timedelta(hours=nth)) for nth in range(4)]

    send_events(crm, workers, events_of)
    for order, items in ends(crm, "interactions").items():
        assert [(item["summary"], item["occurred_at"]) for item in items] == [("Version 3", "2026-05-04T09:03:00Z")], (
            order
        )


def test_a_call_that_is_changed_and_deleted_counts_for_nothing(crm: Sender, workers: Workers, clock: Clock):
    start = interviewed(crm, workers, clock)

    def events_of(number: int) -> list[SentEvent]:
        said = call(start, id=f"n{number}", application_id=f"a{number}")
        versions: list[SentEvent] = [
            ("activity.updated", said | {"text": f"Version {nth}"}, start + timedelta(hours=nth)) for nth in range(3)
        ]
        return [*versions, ("activity.deleted", {"id": f"n{number}"}, start + timedelta(hours=3))]

    send_events(crm, workers, events_of)
    for order, items in ends(crm, "interactions").items():
        assert [item["voided_at"] is not None for item in items] in ([], [True]), order


def test_four_events_in_every_order(crm: Sender, workers: Workers, clock: Clock):
    ended = clock.now
    clock.advance(hours=2)

    def events_of(number: int) -> list[SentEvent]:
        its = {"application_id": f"a{number}"}
        events = [
            ("application.updated", {**person(number), "job": JOB}),
            ("interview.updated", interview(ended, id=f"i{number}", **its)),
            ("activity.created", call(ended + timedelta(hours=1), id=f"n{number}", **its)),
            ("application.updated", status(number, "Offer")),
        ]
        return [(type, data, ended + timedelta(minutes=minute)) for minute, (type, data) in enumerate(events)]

    send_events(crm, workers, events_of)
    assert {order: at["stage"] for order, at in ends(crm).items() if at["stage"] != "offer"} == {}
    for path in ("interviews", "interactions"):
        assert {order: items for order, items in ends(crm, path).items() if len(items) != 1} == {}
