"""The hot write: POST an interaction, which assesses its application, beside the same statements by the bare driver."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.facts.interactions import log_interaction
from app.applications.facts.schemas import InteractionIn
from app.applications.models import action, application, flag, interaction, interview
from app.candidates.models import candidate
from app.kit import clock
from tests.bench.baseline import Transaction, baseline_of, recording
from tests.bench.fixture import Fixture
from tests.bench.timing import Call, drive, ratio, show, title

CLIENTS = 8
_SAID = (
    {"from_party": "candidate", "to_party": "recruiter", "purpose": "question", "channel": "email"},
    {"from_party": "recruiter", "to_party": "candidate", "purpose": "answer", "channel": "phone", "two_way": True},
    {"from_party": "recruiter", "to_party": "client", "purpose": "chase", "channel": "email"},
    {"from_party": "client", "to_party": "recruiter", "purpose": "answer", "channel": "email"},
)


async def run(fixture: Fixture, runs: int, applications: int = 50, each: int = 8) -> None:
    """Print requests a second, their times and CPU, and the ratio to the baseline.

    Every run begins with the same applications under the same ids. So a replayed statement finds the rows that were
    there when it was recorded.
    """
    writes = [
        (number, dict(_SAID[turn % len(_SAID)], summary=f"Turn {turn}"))
        for turn in range(each)
        for number in range(1, applications + 1)
    ]
    await _begin_again(fixture, applications)
    recorded = [(number, await _record(fixture, number, body)) for number, body in writes]
    baseline = baseline_of(fixture.url)
    await baseline.open()

    def post(number: int, body: object) -> Call:
        return partial(fixture.call, "POST", f"{fixture.address(number)}/interactions", body)

    def replay(number: int, statements: Transaction) -> Call:
        return partial(baseline.run, number % baseline.lanes, statements, writing=True)

    ours, baselines = [], []
    for _ in range(runs + 1):
        await _begin_again(fixture, applications)
        ours.append(await drive(_lanes(CLIENTS, ((number, post(number, body)) for number, body in writes))))
        await _begin_again(fixture, applications)
        baselines.append(
            await drive(
                _lanes(baseline.lanes, ((number, replay(number, statements)) for number, statements in recorded))
            )
        )
    await baseline.close()
    del ours[0], baselines[0]  # the first run fills the caches of statements

    title(
        f"write: {len(writes)} interactions on {applications} applications, {CLIENTS} clients, beside {baseline.name}"
    )
    show("requests a second", (load.rate for load in ours))
    show("transactions a second of the baseline", (load.rate for load in baselines))
    ratio("ratio", [load.rate for load in ours], [load.rate for load in baselines], baseline.target)
    show("p50 ms", (load.ms(0.5) for load in ours))
    show(f"p99 ms ({baseline.slowest})", (load.ms(0.99) for load in ours))
    show("CPU ms a request", (load.cpu_ms for load in ours))
    show("CPU ms a transaction of the baseline", (load.cpu_ms for load in baselines))
    show("statements a request, beside BEGIN, COMMIT", (len(statements) for _, statements in recorded))


def _lanes(count: int, calls: Iterable[tuple[int, Call]]) -> list[list[Call]]:
    """The calls of one application stay in their order, in one lane."""
    lanes: list[list[Call]] = [[] for _ in range(count)]
    for number, call in calls:
        lanes[number % count].append(call)
    return lanes


async def _record(fixture: Fixture, number: int, body: object) -> Transaction:
    def step(conn: sa.Connection) -> None:
        body_in = InteractionIn.model_validate(body)
        log_interaction(UnitOfWork(conn, clock.system_now(), fixture.caller), fixture.copy_id(number), body_in)

    with recording() as statements:
        await fixture.database.across_agencies().write(step)
    return statements


async def _begin_again(fixture: Fixture, applications: int) -> None:
    def forget(conn: sa.Connection) -> None:
        def deleted(table: sa.Table, column: sa.Column[Any], kept: UUID) -> None:
            conn.execute(sa.delete(table).where(table.c.agency_id == fixture.caller.agency_id, column != kept))

        mine = (application.c.agency_id == fixture.caller.agency_id, application.c.id == fixture.application_id)
        person = conn.execute(sa.select(application.c.candidate_id).where(*mine)).scalar_one()
        fixture.forget_events(conn)
        for table in (action, flag, interaction, interview):
            deleted(table, table.c.application_id, fixture.application_id)
        deleted(application, application.c.id, fixture.application_id)
        deleted(candidate, candidate.c.id, person)

    await fixture.database.across_agencies().write(forget)
    await fixture.copy(1, applications)
    await fixture.analyze()
