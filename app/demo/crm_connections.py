"""The demo's connections: one of the generic system that receives candidates, and a paused JobAdder on trial.

Neither makes requests: the generic system has no API, and a paused connection is not polled.
"""

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.connections.schemas import ConnectionChange, ConnectionIn
from app.connectors.connections.service import change_connection, connect
from app.connectors.contract import InboundEvent, InboundRequest, MaybeApiExchange, OutgoingNote, Translation
from app.connectors.inbox.apply_event import ClaimedEvent, apply, complete, load_claimed
from app.connectors.inbox.receive import pack_document, pack_request, store
from app.connectors.loaded_connection import LoadedConnection, load_connection
from app.connectors.models import backfill, inbound_event, sync_run
from app.connectors.sync.schemas import BackfillIn
from app.connectors.sync.service import backfill_since
from app.connectors.write_back.notes import MoveProposal, compose
from app.connectors.write_back.service import propose_move
from app.console import fixture_ids
from app.demo.fact_recorder import Recorder
from app.kit import due_rows
from app.kit.field_types import format_instant
from app.webhooks.models import delivery

_LEASE = timedelta(minutes=1)
_CALLED = {"channel": "phone", "two_way": True}
_FOLLOWED_UP = {
    "channel": "phone",
    "purpose": "interview_follow_up",
    "from_party": "recruiter",
    "to_party": "client",
    "two_way": True,
}
_STAGES = {
    "Shortlisted": "ignore",
    "Interview arranged": "interview_scheduled",
    "Interviewed": "interviewed",
    "References": "reference_check",
    "Offer made": "offer",
    "Offer accepted": "accepted",
    "Not proceeding": "rejected",
    "Withdrew": "withdrawn",
}


def set_up(recorder: Recorder) -> None:
    """Record the making of both connections, with their inbound events."""
    _zapier(recorder)
    _crm(recorder)


def _zapier(recorder: Recorder) -> None:
    body = ConnectionIn.model_validate(
        {
            "system": "standard",
            "name": "Our Zapier",
            "default_recruiter_id": fixture_ids.RECRUITER,
            "signing_secret": fixture_ids.HOOK_SECRET,
            "stage_map": _STAGES,
            "activity_map": {"call": _CALLED, "note: Client follow-up": _FOLLOWED_UP, "task": "ignore"},
        }
    )
    ids = {kind: recorder.demo_ids.next_recorded(kind) for kind in ("connection", "connection_secret")}
    recorder.record(recorder.dates.at("-40d 10:00"), lambda work: connect(work, body, "", most=2), **ids)
    person = {"id": "form-4417", "name": "Saskia Lindqvist", "email": "saskia.lindqvist@post.example"}
    note = {
        "id": "note-88",
        "type": fixture_ids.UNKNOWN_TYPE,
        "candidate_id": person["id"],
        "text": "Met her at our stand.",
    }
    _receive(recorder, "-3d 08:10", "candidate.created", person)
    _receive(
        recorder,
        "-2d 09:35",
        "activity.created",
        note | {"occurred_at": format_instant(recorder.dates.at("-2d 09:20"))},
    )


def _receive(recorder: Recorder, when: str, type: str, data: Mapping[str, Any]) -> None:
    """Record an inbound event of the generic system, which is received and applied at `when`."""
    at, id = recorder.dates.at(when), recorder.demo_ids.next_recorded("inbound_event")
    body = json.dumps({"type": type, "timestamp": format_instant(at), "data": data}).encode()
    request = InboundRequest(body, {"webhook-id": f"msg_{data['id']}"}, {}, at)
    recorder.record(at, lambda work: _process(work, fixture_ids.CONNECTION, request, _apply), inbound_event=id)


def _crm(recorder: Recorder) -> None:
    body = ConnectionIn.model_validate(
        {
            "system": "jobadder",
            "name": "JobAdder, on trial",
            "ref_system": fixture_ids.CRM,
            "default_recruiter_id": fixture_ids.RECRUITER,
            "stage_map": _STAGES,
            "activity_map": {"note: Client follow-up": _FOLLOWED_UP, "note": "ignore"},
            "write_back": {"propose_moves": True},
        }
    )
    connected_at = recorder.dates.at("-12d 10:00")
    ids = {kind: recorder.demo_ids.next_recorded(kind) for kind in ("connection", "connection_secret")}
    recorder.record(connected_at, lambda work: connect(work, body, "", most=2), **ids)
    since = BackfillIn(since=connected_at - timedelta(days=90))
    began_at = connected_at + timedelta(minutes=5)
    begun = {"backfill": recorder.demo_ids.next_recorded("backfill")}
    recorder.record(began_at, lambda work: backfill_since(work, fixture_ids.CRM_CONNECTION, since), **begun)
    recorder.record(began_at + timedelta(minutes=2), _finish_backfill)
    hint = InboundRequest(
        b'{"event": "jobapplication_status_changed", "jobApplicationId": 5520417}', {}, {}, connected_at
    )
    parked = {"inbound_event": recorder.demo_ids.next_recorded("inbound_event")}
    at = recorder.dates.at("-10d 15:20")
    recorder.record(at, lambda work: _process(work, fixture_ids.CRM_CONNECTION, hint, _park), **parked)
    # Relative to the working days of the client whose application moved to an offer.
    days = recorder.dates.also_in(recorder.jobs["Rates Team Leader"].days)
    proposed = {"stage_move": recorder.demo_ids.next_recorded("stage_move")}
    recorder.record(days.at("-1 11:30"), _propose, **proposed)
    pause = ConnectionChange(paused=True)
    recorder.record(days.at("-1 11:35"), lambda work: change_connection(work, fixture_ids.CRM_CONNECTION, pause, ""))


def _finish_backfill(work: UnitOfWork) -> None:
    """Finish the backfill of CRM_CONNECTION. It fetched an organisation and a candidate that the agency already has."""
    loaded, at = _link(work, fixture_ids.CRM_CONNECTION), format_instant(work.now)
    company = {"companyId": "organisation-1", "name": "Bellbird Energy", "updatedAt": at}
    person = {"candidateId": "candidate-1", "firstName": "Nadia", "lastName": "Brightwater", "updatedAt": at}
    found = {"companies": company, "candidates": person}
    events = [InboundEvent(f"{name}:{at}", f"fetched.{name}", document, work.now) for name, document in found.items()]
    store(work, loaded, "backfill", [(event, pack_document(event.document)) for event in events])
    _process_due(work, loaded, _apply)
    for table, column in ((sync_run, sync_run.c.backfill_id), (backfill, backfill.c.id)):
        scope = sa.and_(table.c.agency_id == work.agency_id, column == fixture_ids.BACKFILL)
        work.conn.execute(sa.update(table).where(scope).values(finished_at=work.now))
    over = sa.and_(sync_run.c.agency_id == work.agency_id, sync_run.c.backfill_id == fixture_ids.BACKFILL)
    work.conn.execute(sa.update(sync_run).where(over).values(due_at=None))
    work.conn.execute(sa.update(sync_run).where(over, sync_run.c.stream.in_(found)).values(seen=1, new=1))


def _propose(work: UnitOfWork) -> None:
    """Turn the waiting stage changes of CRM_CONNECTION into proposed stage moves, first that of OFFERED_APPLICATION."""
    loaded, columns = _link(work, fixture_ids.CRM_CONNECTION), delivery.c
    scope = (columns.agency_id == work.agency_id, columns.subscriber_id == loaded.id)
    waiting = work.conn.execute(sa.select(columns.id, columns.event_id).where(*scope).order_by(columns.id)).all()
    composed = [(row.id, compose(work, loaded, row.event_id, again=False)) for row in waiting]
    composed.sort(
        key=lambda one: (
            not (isinstance(one[1], MoveProposal) and one[1].application_id == fixture_ids.OFFERED_APPLICATION)
        )
    )
    for id, found in composed:
        assert not isinstance(found, OutgoingNote), "nothing but moves is written back here"
        values: dict[str, Any] = {"state": "delivered", "outcome": "proposed", "delivered_at": work.now}
        if isinstance(found, MoveProposal):
            propose_move(work, loaded.id, found)
        else:
            values = {"state": "skipped", "outcome": found.reason}
        work.conn.execute(sa.update(delivery).where(*scope, columns.id == id).values(due_at=None, **values))


def _process(
    work: UnitOfWork,
    connection_id: UUID,
    request: InboundRequest,
    process: Callable[[UnitOfWork, LoadedConnection, ClaimedEvent], Any],
) -> None:
    """Store an inbound webhook request and process its event with `process`, as the worker would."""
    loaded = _link(work, connection_id)
    store(work, loaded, "webhook", [(loaded.connector.parse_event(request), pack_request(request))])
    _process_due(work, loaded, process)


def _process_due(
    work: UnitOfWork, loaded: LoadedConnection, process: Callable[[UnitOfWork, LoadedConnection, ClaimedEvent], Any]
) -> None:
    scope = (inbound_event.c.agency_id == work.agency_id, inbound_event.c.connection_id == loaded.id)
    token, keys = due_rows.claim(work.conn, inbound_event, work.now, _LEASE, 10, *scope)
    for claimed in load_claimed(work.conn, token, keys):
        process(replace(work, caller=loaded.caller), loaded, claimed)


def _apply(work: UnitOfWork, loaded: LoadedConnection, claimed: ClaimedEvent) -> None:
    apply(
        work, loaded, claimed, _translated(loaded.connector.translate(claimed.event(loaded, work.seal), loaded.account))
    )


def _park(work: UnitOfWork, loaded: LoadedConnection, claimed: ClaimedEvent) -> None:
    complete(work, claimed, "parked", "JobAdder answered 503 (Service Unavailable) five times")


def _translated(translated: MaybeApiExchange[Translation]) -> Translation:
    """Return the translation of an inbound event. Raise AssertionError if the translation would make an API request."""
    if not isinstance(translated, Generator):
        return translated
    try:
        request = next(translated)
    except StopIteration as end:
        translation: Translation = end.value
        return translation
    raise AssertionError(f"the demo makes no request: {request.path}")


def _link(work: UnitOfWork, id: UUID) -> LoadedConnection:
    loaded = load_connection(work.conn, work.seal, work.agency_id, id)
    assert loaded is not None, "it was connected before"
    return loaded
