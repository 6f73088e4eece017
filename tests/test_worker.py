"""The worker's loop: it works while there is work, rests when there is none, and nothing but its end stops it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from app import worker
from app.applications import sweep
from app.kit.errors import Problem
from app.kit.idempotency import idempotency_key
from tests.applications.agency_client import AgencyClient, day
from tests.applications.crowd import multiply
from tests.service import Client, Service
from tests.snapshots import begin_with


class Enough(BaseException):
    """The test has seen enough of the loop."""


@pytest.fixture
def agency(service: Service, operator: Client) -> AgencyClient:
    """An agency with one application."""
    return begin_with(service, "an agency that was not swept", partial(AgencyClient, service, operator))


@pytest.fixture
def work(agency: AgencyClient) -> Callable[..., list[float]]:
    """Run the loop; at its n-th rest the n-th of these happens, and after the last it ends. Answers the rests."""

    def until_rested(*steps: Callable[[], Any], **settings: Any) -> list[float]:
        rests: list[float] = []

        async def rest(seconds: float) -> None:
            rests.append(seconds)
            if len(rests) > len(steps):
                raise Enough
            steps[len(rests) - 1]()

        async def loop() -> None:
            state = agency.service.app.state
            chosen = state.settings.model_copy(update=settings)
            try:
                await worker.run_loop(
                    "sweep",
                    lambda: worker.sweep_once(state.shared.database, chosen, agency.clock),
                    chosen.sweep_pause_seconds,
                    rest,
                )
            except Enough:
                return

        agency.service.run(loop)
        return rests

    return until_rested


def test_it_goes_on_without_a_rest_while_there_is_work(agency: AgencyClient, work: Callable[..., list[float]]):
    agency.clock.now = day(5, 9)
    multiply(agency, 10, day(5, 8))
    assert work(sweep_batch=2, sweep_pause_seconds=7.0) == [7.0]
    assert agency.sweep() == 0
    assert agency.active_flags() == {"nothing_booked": "watch"}


def test_it_looks_again_after_each_rest(agency: AgencyClient, work: Callable[..., list[float]]):
    assert len(work(lambda: None, lambda: agency.clock.advance(days=1))) == 3
    assert agency.active_flags() == {"nothing_booked": "watch"}


@pytest.mark.parametrize("trouble", [Problem(503, "database_unavailable", "Away"), KeyError("a fault of ours")])
def test_a_step_that_fails_is_tried_again(
    agency: AgencyClient, work: Callable[..., list[float]], monkeypatch: pytest.MonkeyPatch, trouble: Exception
):
    really = sweep.claim

    def fail(*_: Any) -> Any:
        raise trouble

    monkeypatch.setattr(sweep, "claim", fail)
    agency.clock.now = day(5, 9)
    assert len(work(lambda: None, lambda: monkeypatch.setattr(sweep, "claim", really))) == 3
    assert agency.active_flags() == {"nothing_booked": "watch"}


def test_answers_kept_for_idempotency_are_forgotten_in_time(agency: AgencyClient):
    def tidy() -> None:
        state = agency.service.app.state
        agency.service.run(worker.tidy_once, state.shared.database, state.settings, agency.clock)

    agency.admin.post("/v1/candidates", {"name": "Alex"}, headers={"Idempotency-Key": "one"})
    assert len(agency.rows(idempotency_key)) == 1
    agency.clock.advance(hours=24)
    tidy()
    assert len(agency.rows(idempotency_key)) == 1, "kept for a day at least"
    agency.clock.advance(days=7)
    tidy()
    assert agency.rows(idempotency_key) == []


def test_a_service_with_its_own_worker_needs_nobody_to_sweep(
    agency: AgencyClient, start_service: Callable[..., Service], monkeypatch: pytest.MonkeyPatch
):
    agency.write(sa.text("UPDATE application SET due_at = opened_at"))
    seen: list[int] = []
    really = worker.sweep_once

    async def noted(*arguments: Any) -> int:
        seen.append(await really(*arguments))
        return seen[-1]

    monkeypatch.setattr(worker, "sweep_once", noted)
    other = start_service(embedded_worker=True, sweep_pause_seconds=0.001)
    for _ in range(1000):
        if seen:
            break
        other.client().get("/healthz")
    assert seen[0] == 1
