"""Repeats that a kill explains, and repeats that it does not."""

from tests.crash.joining import Findings
from tests.crash.killing import Kill
from tests.crash.receiver import Receipt
from tests.crash.repeating import join_repeats

LEASE = 20.0
KILLED = Kill("worker", "at random", 5, "w")
NAMES = ["without a kill", "before the lease ended", "beyond 1 a kill", "too soon"]


def came(at: float, process: str = "w", *, accepted: bool = True) -> Receipt:
    """A reception of an attempt that began half a second before."""
    return Receipt(at, b"", at - 0.5, process, accepted)


def seen(*events: list[Receipt], kills: tuple[Kill, ...] = (KILLED,), concurrency: int = 1) -> list[str]:
    """Return the findings for events with these receptions."""
    findings = Findings()
    join_repeats("it", {str(number): one for number, one in enumerate(events)}, kills, LEASE, concurrency, findings)
    names = [violation.partition(": ")[2].partition(":")[0] for violation in findings.violations]
    return [name for name in NAMES if any(one.endswith(name) for one in names)]


def test_a_kill_explains_one_repeat_of_what_its_worker_had_under_way():
    assert seen([came(4)], kills=()) == []
    assert seen([came(4), came(25, "x")]) == []
    assert seen([came(4), came(25, "w")], kills=()) == ["without a kill"]
    assert seen([came(4), came(25, "x"), came(50, "y")]) == ["without a kill"]
    assert seen([came(4), came(25, "x"), came(50, "y")], kills=(KILLED, Kill("worker", "", 26, "x"))) == []


def test_the_end_of_another_worker_or_of_an_api_explains_nothing():
    assert seen([came(4, "x"), came(25, "y")]) == ["without a kill"]
    assert seen([came(4), came(25, "x")], kills=(KILLED._replace(kind="api"),)) == ["without a kill"]


def test_a_kill_before_the_first_or_after_its_lease_explains_nothing():
    assert seen([came(6.5, "w"), came(40, "x")]) == ["without a kill"]
    assert seen([came(4), came(40, "x")], kills=(KILLED._replace(at=30),)) == ["without a kill"]
    assert seen([came(4), came(40, "x")], kills=(KILLED._replace(at=41),)) == ["without a kill"]


def test_a_repeat_before_the_lease_has_ended_is_explained_by_no_kill():
    assert seen([came(4.9), came(5.1, "x")]) == ["before the lease ended"]
    assert seen([came(4), came(13, "x")]) == ["before the lease ended"]


def test_after_one_kill_no_more_comes_again_than_was_under_way_at_once():
    assert seen(*([came(4), came(25, "x")] for _ in range(2))) == ["beyond 1 a kill"]
    assert seen(*([came(4), came(25, "x")] for _ in range(20)), concurrency=20) == []


def test_what_was_refused_is_sent_again_without_a_kill_but_not_too_soon():
    assert seen([came(4, accepted=False), came(8.1)], kills=()) == []
    assert seen([came(4, accepted=False), came(7)], kills=()) == ["too soon"]
    assert seen([came(4, accepted=False), came(9), came(14)], kills=()) == ["without a kill"]
