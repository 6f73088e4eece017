"""Migrations: up, down and up again on both databases, and the models say what the database has."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.access.models import agency
from app.applications.models import action
from app.candidates.models import candidate
from app.connectors.models import external_entity, unmapped, wait_key
from app.jobs.models import job
from app.kit.db import Database
from app.kit.migrations import SCRIPTS, is_current, migrate
from app.kit.search import search_word
from app.organisations.models import client_contact, organisation
from app.tables import metadata
from app.webhooks.models import feed, subscription
from tests import databases
from tests.applications.agency_client import AgencyClient
from tests.contract.sample_agency import SampleAgency
from tests.service import OPERATOR_KEY, Clock, Service, running

T = TypeVar("T")
_BOOKKEEPING = {"alembic_version"}


def look(database_url: str, step: Callable[[sa.Connection], T]) -> T:
    """What `step` finds in a database that no service runs over."""

    async def opened() -> T:
        database = Database(database_url, pool=1, as_owner=True)
        try:
            return await database.across_agencies().write(step)
        finally:
            await database.close()

    return asyncio.run(opened())


def form(conn: sa.Connection) -> dict[str, Any]:
    """Every table with its columns, keys, indexes and constraints, as the database itself tells them."""
    inspector = sa.inspect(conn)

    def as_text(value: Any) -> str:
        return str({key: as_text(item) for key, item in sorted(value.items())} if isinstance(value, dict) else value)

    def named(rows: list[Any]) -> list[str]:
        return sorted(as_text(row) for row in rows)

    def constrained(rows: list[Any]) -> list[str]:
        # SQLite cannot rename a constraint: one may have the name that it was created with.
        return named([{**row, "name": None} for row in rows] if conn.dialect.name == "sqlite" else rows)

    return {
        table: [
            named(inspector.get_columns(table)),
            str(inspector.get_pk_constraint(table)["constrained_columns"]),
            constrained(inspector.get_foreign_keys(table)),
            constrained(inspector.get_unique_constraints(table)),
            named(inspector.get_indexes(table)),
            constrained(inspector.get_check_constraints(table)),
        ]
        for table in sorted(set(inspector.get_table_names()) - _BOOKKEEPING)
    }


def test_up_down_and_up_again(bare_database_url):
    assert look(bare_database_url, form) == {}
    migrate(bare_database_url)
    first = look(bare_database_url, form)
    assert set(first) == set(metadata.tables)
    assert look(bare_database_url, is_current)
    migrate(bare_database_url, "base")
    assert look(bare_database_url, form) == {}
    assert not look(bare_database_url, is_current)
    migrate(bare_database_url)
    assert look(bare_database_url, form) == first
    migrate(bare_database_url)
    assert look(bare_database_url, form) == first, "at the newest there is nothing to do"


def test_every_step_goes_down_and_up_again(bare_database_url):
    script = ScriptDirectory(str(SCRIPTS))
    revisions = [step.revision for step in script.walk_revisions()][::-1]
    for revision in revisions:
        migrate(bare_database_url, revision)
        here = look(bare_database_url, form)
        below = script.get_revision(revision).down_revision
        migrate(bare_database_url, str(below or "base"))
        migrate(bare_database_url, revision)
        assert look(bare_database_url, form) == here, revision
    assert look(bare_database_url, is_current)


def test_the_models_say_what_the_database_has(own_database_url):
    def differences(conn: sa.Connection) -> list[Any]:
        def included(_part: object, _name: str | None, kind: str, *_: object) -> bool:
            # On SQLite one may have an earlier name, and the next test compares it without.
            return kind != "unique_constraint" or conn.dialect.name != "sqlite"

        opts = {"compare_type": True, "compare_server_default": True, "include_object": included}
        return list(compare_metadata(MigrationContext.configure(conn, opts=opts), metadata))

    assert look(own_database_url, differences) == []


def test_a_database_made_of_the_models_has_the_same_form(own_database_url, bare_database_url):
    """What the comparison above passes over, such as the conditions of an index, the database itself tells."""
    look(bare_database_url, metadata.create_all)
    assert look(bare_database_url, form) == look(own_database_url, form)


def test_there_is_one_newest_migration():
    assert len(ScriptDirectory(str(SCRIPTS)).get_heads()) == 1


@pytest.fixture
def unmigrated(bare_database_url: str) -> Iterator[Service]:
    """The app over a database that nobody has migrated."""
    with running(databases.for_the_service(bare_database_url), Clock()) as service:
        yield service


def test_a_service_over_an_unmigrated_database_says_so(unmigrated, bare_database_url):
    client = unmigrated.client("kw_operator_key_of_all_the_tests")
    for answer in (client.get("/readyz"), client.post("/v1/agencies", json=BAY)):
        assert answer.status_code == 503, answer.text
        assert answer.json()["code"] == "not_migrated"
        assert int(answer.headers["retry-after"]) > 0
    assert client.get("/healthz").status_code == 200
    migrate(bare_database_url)
    assert client.get("/readyz").status_code == 200
    assert client.post("/v1/agencies", json=BAY).status_code == 201


BAY = {"name": "Bay", "time_zone": "Europe/Paris", "holiday_region": "FR"}


def test_rows_that_are_there_stay_whole_on_the_way_up(own_database_url):
    """The newest migration over a database at work: nothing is lost, and the references still hold."""
    with running(own_database_url, Clock()) as service:
        sample = SampleAgency(service)
        before = sample.rows()
        migrate(databases.for_the_owner(own_database_url))
        assert sample.rows() == before
    if own_database_url.startswith("sqlite"):
        assert_whole(own_database_url)


def assert_whole(sqlite_url: str) -> None:
    """Every reference of an SQLite database holds, and its pages and indexes agree."""
    with closing(sqlite3.connect(sa.make_url(sqlite_url).database or "")) as db:
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_no_endpoint_that_subscribed_is_taken_for_a_connection_on_the_way_up_again(bare_database_url):
    def kinds(conn: sa.Connection) -> list[str]:
        return list(conn.scalars(sa.text("SELECT kind FROM subscription")))

    def subscribed(conn: sa.Connection) -> None:
        now = datetime(2026, 5, 4, tzinfo=UTC)
        agency_id = uuid4()
        conn.execute(sa.insert(agency).values(**BAY, id=agency_id, policy={}, policy_version=1, created_at=now))
        for kind in ("connection", "endpoint"):
            row = {"agency_id": agency_id, "subscriber_id": uuid4(), "type": "*", "kind": kind, "since": now}
            conn.execute(sa.insert(subscription).values(**row))

    migrate(bare_database_url)
    look(bare_database_url, subscribed)
    migrate(bare_database_url, "0003")
    migrate(bare_database_url)
    assert look(bare_database_url, kinds) == ["connection"]


def test_records_that_are_there_are_found_by_name_on_the_way_up(bare_database_url):
    """More of them than the migration reads at once."""
    agencies = [uuid4(), uuid4()]
    now = datetime(2026, 5, 4, tzinfo=UTC)

    def recorded(conn: sa.Connection) -> None:
        for agency_id in agencies:
            conn.execute(sa.insert(agency).values(**BAY, id=agency_id, policy={}, policy_version=1, created_at=now))
            common = {"agency_id": agency_id, "created_at": now}
            organisation_id = uuid4()
            conn.execute(sa.insert(organisation).values(**common, id=organisation_id, name="Zoë & Co"))
            of = common | {"organisation_id": organisation_id}
            conn.execute(sa.insert(client_contact).values(**of, id=uuid4(), name="Łukasz", role="hr"))
            conn.execute(sa.insert(job).values(**of, id=uuid4(), title="Chargé d'affaires"))
            people = [{**common, "id": uuid4(), "name": f"Ngaio {number}", "away": []} for number in range(1100)]
            conn.execute(sa.insert(candidate), people)
            conn.execute(sa.insert(candidate).values(**common, id=uuid4(), name="Erased candidate", erased_at=now))

    def words(conn: sa.Connection) -> dict[Any, Any]:
        columns = search_word.c
        counted = sa.select(columns.agency_id, columns.kind, columns.word, sa.func.count())
        rows = conn.execute(counted.group_by(columns.agency_id, columns.kind, columns.word)).all()
        return {(row[0], row[1], row[2]): row[3] for row in rows if not row[2].isdigit()}

    migrate(bare_database_url)
    migrate(bare_database_url, "0004")
    look(bare_database_url, recorded)
    migrate(bare_database_url)
    each = {("candidate", "ngaio"): 1100, ("organisation", "zoe"): 1, ("organisation", "co"): 1}
    each |= {("client_contact", "lukasz"): 1, ("job", "charge"): 1}
    each |= {("job", word): 1 for word in ("d", "affaires", "daffaires")}
    assert look(bare_database_url, words) == {
        (agency_id, *key): count for agency_id in agencies for key, count in each.items()
    }


def test_actions_get_their_urgency_and_their_interview_on_the_way_up(bare_database_url):
    """The worklist is right after the upgrade, before the sweep has assessed anything again."""
    names = (action.c.id, action.c.kind, action.c.urgency, action.c.interview_id)
    statement = sa.select(*names).order_by(action.c.id)
    migrate(bare_database_url)
    with running(databases.for_the_service(bare_database_url), Clock()) as service:
        sample = AgencyClient(service, service.client(OPERATOR_KEY))
        interview = sample.interview()
        sample.says("candidate", "client", "chase", channel="linkedin")
        for due_on in ("2026-05-04", "2026-05-12"):
            path = f"applications/{sample.id}/commitments"
            sample.add(path, owed_by="recruiter", description="A list", due_on=due_on)
        sample.wait(sample.clock.now + timedelta(days=2))
        acknowledged = sample.flag("debrief_overdue")["id"]
        assert sample.post(f"flags/{acknowledged}/acknowledge").status_code == 200
        sample.sweep()
        before = look(bare_database_url, lambda conn: conn.execute(statement).all())
    assert {row.urgency for row in before} == {0, 1, 2, 3}
    assert str(interview["id"]) in {str(row.interview_id) for row in before}
    migrate(bare_database_url, "0004")
    migrate(bare_database_url)
    assert look(bare_database_url, lambda conn: conn.execute(statement).all()) == before


PLAIN_NAMES = {
    "arrival": "inbound_event",
    "arrival_further_wait": "inbound_event_wait_key",
    "arrival_unmapped": "inbound_event_unmapped",
    "known_thing": "external_entity",
    "walk": "sync_run",
}


def test_plain_names_are_given_where_the_rows_are(bare_database_url):
    """No row is lost or copied on the way down and up again: each table stays in its own pages or file."""

    def contents(conn: sa.Connection) -> dict[str, tuple[int, list[str]]]:
        place = "pg_relation_filenode(to_regclass(:table))"
        if conn.dialect.name == "sqlite":
            place = "(SELECT rootpage FROM sqlite_schema WHERE name = :table)"
        return {
            table: (
                conn.scalar(sa.text(f"SELECT {place}"), {"table": table}) or 0,
                sorted(repr(tuple(row)) for row in conn.execute(sa.text(f"SELECT * FROM {table}"))),
            )
            for table in set(sa.inspect(conn).get_table_names()) - _BOOKKEEPING
        }

    def add_rare_rows(conn: sa.Connection) -> None:
        ids = {"agency_id": UUID(sample.ids["agency_id"]), "connection_id": UUID(sample.ids["connection_id"])}
        of_event = ids | {"inbound_event_id": UUID(sample.ids["event_id"])}
        conn.execute(sa.insert(external_entity).values(**ids, kind="job", external_id="j1", written_by_us=True))
        conn.execute(sa.insert(unmapped).values(**of_event, map="stage", value="Trial shift"))
        conn.execute(sa.insert(wait_key).values(**of_event, waits_for="application a2"))
        feed_row = {"agency_id": ids["agency_id"], "last_position": 9, "expired_position": 4}
        conn.execute(sa.insert(feed).values(**feed_row))

    migrate(bare_database_url)
    with running(databases.for_the_service(bare_database_url), Clock()) as service:
        sample = SampleAgency(service)
        service.write(add_rare_rows)
    before = look(bare_database_url, contents)
    assert all(before[table][1] for table in (*PLAIN_NAMES.values(), "backfill", "event", "event_feed", "connection"))
    migrate(bare_database_url, "0014")
    former = look(bare_database_url, contents)
    assert former.keys() > PLAIN_NAMES.keys()
    assert {PLAIN_NAMES.get(table, table): held for table, held in former.items()} == before
    migrate(bare_database_url)
    assert look(bare_database_url, contents) == before
    if bare_database_url.startswith("sqlite"):
        assert_whole(bare_database_url)
