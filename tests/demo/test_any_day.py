"""The demo has work to do whenever it is loaded: on working days, nights, weekends, holidays and clock changes."""

from collections import Counter
from typing import get_args

import pytest
import sqlalchemy as sa

from app.applications.facts.milestone_schemas import MilestoneKind
from app.applications.history_loader import load
from app.applications.models import action, application, check, flag, milestone
from app.applications.worklist.worklist import get_worklist
from app.console import fixture_ids
from app.kit.pagination import MAX_PAGE_SIZE, Cursors, Paging
from app.organisations.models import organisation
from app.rules.action_kinds import ActionKind
from app.rules.assess import assess
from app.rules.flags import FlagKind
from app.rules.stages import STAGES
from tests import selection
from tests.databases import Kind
from tests.demo.expected_states import keeps_its_promises
from tests.demo.loaded import LoadedDemo

MOMENTS = {
    "a Monday morning": "2026-11-16T09:30",
    "a Tuesday just after midnight": "2026-11-17T00:10",
    "a Wednesday at noon": "2026-11-18T12:00",
    "a Thursday afternoon": "2026-11-19T16:45",
    "a Friday just before midnight": "2026-11-20T23:50",
    "a Saturday": "2026-11-21T14:00",
    "a Sunday night": "2026-11-22T21:30",
    "Good Friday": "2027-03-26T10:00",
    "the Tuesday after Easter": "2027-03-30T08:00",
    "Christmas Day": "2026-12-25T11:00",
    "New Year's first minutes": "2027-01-01T00:05",
    "the hour that comes twice": "2027-04-04T02:30",
    "just after the hour that never was": "2027-10-03T03:30",
    "the end of Tokyo's golden week": "2027-05-06T10:00",
    "a leap day": "2028-02-29T10:00",
}
SAMPLED = (
    "a Monday morning",
    "a Friday just before midnight",
    "a Saturday",
    "New Year's first minutes",
    "the hour that comes twice",
    "a leap day",
)
"""The moments of a sampled run: loading the demo costs four seconds of a processor."""
ON_POSTGRESQL = ("New Year's first minutes",)
ON_SQLITE = tuple(MOMENTS) if selection.MATRIX == "full" else SAMPLED
RUNS = [("sqlite", moment) for moment in ON_SQLITE] + [("postgresql", moment) for moment in ON_POSTGRESQL]


@pytest.mark.parametrize(("kind", "moment"), RUNS)
def test_the_demo_has_open_work(kind: Kind, moment: str):
    with LoadedDemo(kind, MOMENTS[moment]) as demo:
        every_stage_and_every_client_has_its_cases(demo)
        every_kind_of_flag_and_action_stands(demo)
        checks_and_milestones_are_at_every_step(demo)
        flags_are_those_of_a_fresh_look(demo)
        there_is_work_for_today(demo)
        flags_have_lived(demo)
        keeps_its_promises(demo)


def every_stage_and_every_client_has_its_cases(demo: LoadedDemo) -> None:
    rows = demo.read(lambda conn: conn.execute(sa.select(application)).all())
    assert len(rows) >= 50
    assert {row.stage for row in rows} == {row.effective_stage for row in rows} == set(STAGES)
    clients = demo.read(lambda conn: conn.scalars(sa.select(organisation.c.id)).all())
    assert len(clients) == 8
    assert {row.organisation_id for row in rows} == set(clients)


def every_kind_of_flag_and_action_stands(demo: LoadedDemo) -> None:
    active = sa.select(flag.c.kind).where(flag.c.cleared_at.is_(None))
    assert set(demo.read(lambda conn: conn.scalars(active).all())) == set(FlagKind)
    assert set(demo.read(lambda conn: conn.scalars(sa.select(action.c.kind)).all())) == set(ActionKind)


def checks_and_milestones_are_at_every_step(demo: LoadedDemo) -> None:
    rows = demo.read(lambda conn: conn.execute(sa.select(check)).all())
    waiting = [row for row in rows if row.done_at is None and row.cancelled_at is None]
    steps = {(row.ready_at is not None, row.ready_at is None and row.booked_for is not None) for row in waiting}
    assert steps == {(False, False), (False, True), (True, False)}  # to arrange, to attend, to conclude
    assert {row.result_from for row in waiting if row.ready_at is not None} == {"recruiter", "client"}
    assert any(row.done_at for row in rows)
    assert any(row.cancelled_at for row in rows)
    kinds = demo.read(lambda conn: conn.scalars(sa.select(milestone.c.kind)).all())
    assert set(kinds) == set(get_args(MilestoneKind))


def flags_are_those_of_a_fresh_look(demo: LoadedDemo) -> None:
    rows = {row.id: row for row in demo.read(lambda conn: conn.execute(sa.select(application)).all())}
    for (_, id), loaded in demo.read(lambda conn: load(conn, [(fixture_ids.AGENCY, id) for id in rows])).items():
        found = assess(loaded.history, loaded.policy, demo.now)
        kept = {(row["kind"], row["severity"], row["since"], tuple(row["evidence"])) for row in loaded.flags}
        assert kept == {(str(f.kind), str(f.severity), f.since, f.evidence) for f in found.flags}
        acts = {(row["kind"], row["subject"]) for row in loaded.actions}
        assert acts == {(str(a.kind), a.subject) for a in found.actions}
        assert (rows[id].stage, rows[id].effective_stage) == (found.stage, found.effective_stage)


def there_is_work_for_today(demo: LoadedDemo) -> None:
    everything = Paging(MAX_PAGE_SIZE, None, Cursors(b"worklist"), "")
    items = demo.ask(get_worklist, everything, recruiter_id=None, on=None).items
    assert len(items) >= 8
    assert {item.overdue for item in items} == {True, False}


def flags_have_lived(demo: LoadedDemo) -> None:
    rows = demo.read(lambda conn: conn.execute(sa.select(flag)).all())
    assert all(row.raised_at <= demo.now for row in rows)
    assert sum(row.cleared_at is not None for row in rows) >= 20
    assert any(len(row.steps) > 1 for row in rows)
    handled = Counter(row.state for row in rows if row.cleared_at is None)
    assert handled.keys() == {"open", "acknowledged", "snoozed", "dismissed"}
