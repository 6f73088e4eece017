"""Use cases of stage transitions: move an application, follow a CRM, end, void, and read the stage history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.facts.fact_operations import add_fact, find_by_ref, lock_fact, void_fact
from app.applications.facts.schemas import (
    Stage,
    StageChangeOut,
    StageHistoryOut,
    TransitionIn,
    TransitionOut,
    TransitionPut,
    VoidIn,
)
from app.applications.history_loader import LoadedApplication, load
from app.applications.models import application, transition
from app.applications.queries import get_application, lock_application
from app.applications.reassess import reassess
from app.kit.damaged_rows import check_damage
from app.kit.db import update_row
from app.kit.errors import Problem, conflict, invalid, not_found
from app.kit.external_refs import body_with_path_ref, ref_to_columns, row_to_model
from app.kit.field_types import ExternalRef
from app.rules.assess import assess
from app.rules.stages import ACTIVE, ENDED, NEEDS_REASON, legal_moves, shortest_path, stage_history
from app.webhooks.events import StageChanged


def move_to_stage(work: UnitOfWork, application_id: UUID, body: TransitionIn) -> TransitionOut:
    """Move an application to another stage. Raises 409 for an illegal move; the error lists the legal moves."""
    return _move(work, application_id, ref_to_columns(body.model_dump()))


def put_transition(work: UnitOfWork, ref: ExternalRef, body: TransitionPut) -> tuple[TransitionOut, bool]:
    """Record a stage transition by its id in another system.

    Return the pair of the transition and True if the transition is new, else False. A recorded transition cannot be
    changed: it must be voided and sent again, else 409 is raised. The voided transition stays visible, and its
    reference passes to the new one.
    """
    lock_application(work, body.application_id)
    values = body_with_path_ref(ref, body)
    application_id = values.pop("application_id")
    known = find_by_ref(work, transition, ref)
    if known is None:
        if work.if_match is not None:
            raise Problem(
                412,
                "precondition_failed",
                "There is no such record yet; send the request without If-Match to create it.",
            )
        return _move(work, application_id, ref_to_columns(values)), True
    work.expect(row_to_model(TransitionOut, known))
    if known["application_id"] != application_id:
        raise conflict(
            "other_application",
            "This transition belongs to another application and cannot be moved. Void it and record it there.",
        )
    if known["to"] == body.to and body.at in (None, known["at"]):
        return row_to_model(TransitionOut, known), False
    if known["voided_at"] is None:
        raise conflict(
            "already_told", "This transition was recorded with another `to` or `at`. Void it, then send it again."
        )
    update_row(work.conn, transition, work.agency_id, known["id"], {"external_system": None, "external_id": None})
    return _move(work, application_id, ref_to_columns(values)), True


def follow_crm_stage(
    work: UnitOfWork, application_id: UUID, ref: ExternalRef, to: str, at: datetime, reason: str
) -> str | None:
    """Move an application to the stage that it has in a CRM, by the shortest legal path.

    All moves get the instant `at`. Return None, or a text that says why nothing was moved. The reasons: `at` lies
    before the latest move or before the opening, or this move was recorded before and voided. If the application is in
    the stage already, nothing is written and None is returned.
    """
    lock_application(work, application_id)
    latest = _latest(work, application_id)
    loaded = _loaded(work, application_id)
    known = find_by_ref(work, transition, ref)
    if known is not None:
        return None if known["voided_at"] is None else f"the move to {to} was voided here"
    if at < loaded.history.opened_at:
        return f"the move to {to} is dated before the application was opened"
    if latest is not None and at < latest["at"]:
        return f"the move to {to} is dated before the latest move, to {latest['to']}"
    stage, effective = _stages(loaded, at)
    steps = shortest_path(stage, effective, to)
    for place, step in enumerate(steps, 1):
        reopen = stage in ENDED
        body = TransitionIn.model_validate(
            {
                "to": step,
                "at": at,
                "reason": reason if reopen or step in NEEDS_REASON else None,
                "reopen": reopen,
                # Every step is caused by the CRM; the last one carries the reference of the move.
                "external_ref": ref if place == len(steps) else _via(ref, step),
            }
        )
        _move(work, application_id, ref_to_columns(body.model_dump()))
        stage = step
    return None


def _via(ref: ExternalRef, step: str) -> ExternalRef:
    return ExternalRef(system=ref.system, id=f"{ref.id[:150]} via {step}")


def end_application(work: UnitOfWork, application_id: UUID, to: str, reason: str) -> None:
    """Move an active application to the ended stage `to`, by the shortest legal path.

    An ended application is not changed.
    """
    lock_application(work, application_id)
    loaded, latest = _loaded(work, application_id), _latest(work, application_id)
    # The opening or the last move may lie a little ahead of our clock, and the end must not be before it.
    at = max(work.now, loaded.history.opened_at, *([] if latest is None else [latest["at"]]))
    stage, effective = _stages(loaded, at)
    for step in () if stage in ENDED else shortest_path(stage, effective, to):
        body = TransitionIn.model_validate({"to": step, "at": at, "reason": reason})
        _move(work, application_id, ref_to_columns(body.model_dump()))


def void_transition(work: UnitOfWork, id: UUID, body: VoidIn) -> TransitionOut:
    """Void the latest transition of an application.

    Raises 409 for an earlier transition, because later moves depend on it.
    """
    row = lock_fact(work, transition, "transition", id)
    latest = _latest(work, row["application_id"])
    if row["voided_at"] is None and latest is not None and latest["id"] != id:
        raise conflict("not_the_latest", "Only the latest transition can be voided. Void the later ones first.")
    return row_to_model(TransitionOut, void_fact(work, transition, "transition", id, body.reason, TransitionOut))


def get_transition_by_ref(work: UnitOfWork, ref: ExternalRef) -> TransitionOut:
    """Return the transition that has the id `ref` in another system. Raises 404 if there is none."""
    row = find_by_ref(work, transition, ref)
    if row is None:
        raise not_found("transition")
    return row_to_model(TransitionOut, row)


@check_damage(application)
def get_stage_history(work: UnitOfWork, application_id: UUID) -> StageHistoryOut:
    """Return the recorded transitions, the stage history that follows from all facts, and the legal next stages."""
    get_application(work, application_id)
    columns = transition.c
    rows = work.conn.execute(
        sa.select(transition)
        .where(columns.agency_id == work.agency_id, columns.application_id == application_id)
        .order_by(columns.at, columns.recorded_at, columns.id)
    ).mappings()
    loaded = _loaded(work, application_id)
    changes = stage_history(loaded.history, work.now)
    stage, effective = _stages(loaded, work.now)
    return StageHistoryOut(
        items=[row_to_model(TransitionOut, row) for row in rows],
        stages=[
            StageChangeOut.model_validate(
                {"stage": step.stage, "at": step.at, "cause": step.cause, "fact_id": step.fact_id or None}
            )
            for step in changes
        ],
        legal_moves=cast("list[Stage]", _legal(stage, effective)),
    )


def stage_at(work: UnitOfWork, application_id: UUID, at: datetime) -> str:
    """Return the stage of an application as of an instant. Before the opening, this is the opening stage."""
    loaded = _loaded(work, application_id)
    return _stages(loaded, max(at, loaded.history.opened_at))[0]


def _move(work: UnitOfWork, application_id: UUID, row: Mapping[str, Any]) -> TransitionOut:
    lock_application(work, application_id)
    at = row["at"] or work.now
    work.happened("/at", at)
    before = _check(work, application_id, row, at)
    # A move is a reopening only if it leaves an ended stage, even if the body sets `reopen`.
    reopening = before in ENDED
    values = dict(row) | {"at": at, "cause": "crm" if row.get("external_system") else "api", "reopen": reopening}
    made = add_fact(work, transition, "transition", application_id, values)
    # Every recorded move is an event, even if a later fact keeps the current stage (rule book, "Stages").
    reassess(work, [application_id], events=[StageChanged(from_=before, to=row["to"], at=at)])
    return row_to_model(TransitionOut, made)


def _check(work: UnitOfWork, application_id: UUID, row: Mapping[str, Any], at: datetime) -> str:
    """Return the stage that the application is in before a move to `row["to"]`.

    Raises 409 or 422 if the move is not legal at its instant.
    """
    loaded = _loaded(work, application_id)
    if at < loaded.history.opened_at:
        raise invalid("/at", "`at` must not be before the application's `opened_at`.")
    latest = _latest(work, application_id)
    if latest is not None and at < latest["at"]:
        raise conflict(
            "before_the_latest", "`at` is before the latest transition. Void that one first, or send a later `at`."
        )
    stage, effective = _stages(loaded, at)
    to, legal = row["to"], _legal(stage, effective)
    reopening = stage in ENDED and to in ACTIVE
    if to not in legal:
        raise _illegal(stage, to, legal)
    if reopening and not row["reopen"]:
        raise _illegal(stage, to, legal, "This application has ended. Send `reopen`: true and a `reason` to reopen it.")
    if (reopening or to in NEEDS_REASON) and row["reason"] is None:
        raise invalid("/reason", f"A transition from {stage} to {to} needs a `reason`.")
    return stage


def _illegal(stage: str, to: str, legal: list[str], detail: str | None = None) -> Problem:
    detail = detail or f"An application in {stage} cannot move to {to}; see legal_moves."
    return conflict("illegal_transition", detail, stage=stage, legal_moves=legal)


def _legal(stage: str, effective: str) -> list[str]:
    return list(dict.fromkeys((*legal_moves(stage), *legal_moves(effective))))


def _loaded(work: UnitOfWork, application_id: UUID) -> LoadedApplication:
    return load(work.conn, [(work.agency_id, application_id)])[work.agency_id, application_id]


def _stages(loaded: LoadedApplication, at: datetime) -> tuple[str, str]:
    """Return the pair of stage and effective stage as of an instant.

    The effective stage counts facts that imply a move.
    """
    found = assess(loaded.history, loaded.policy, at)
    return found.stage, found.effective_stage


def _latest(work: UnitOfWork, application_id: UUID) -> sa.RowMapping | None:
    columns = transition.c
    return (
        work.conn.execute(
            sa.select(transition)
            .where(
                columns.agency_id == work.agency_id,
                columns.application_id == application_id,
                columns.voided_at.is_(None),
            )
            .order_by(columns.at.desc(), columns.recorded_at.desc(), columns.id.desc())
            .limit(1)
        )
        .mappings()
        .one_or_none()
    )
