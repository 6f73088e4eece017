"""The text of the notes that Keepwarm writes into a CRM, composed from its own events.

An event gives a note, a proposed stage move, or a reason to skip the event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.queries import get_agency_calendar
from app.access.unit_of_work import UnitOfWork
from app.applications.facts.interactions import get_interaction
from app.applications.facts.schemas import InteractionOut
from app.applications.flags.queries import get_flag
from app.applications.queries import get_application
from app.candidates.queries import get_candidate
from app.connectors.canonical_records import Kind
from app.connectors.contract import OutgoingNote
from app.connectors.ingest.application_state import last_status
from app.connectors.ingest.sync_state import SyncStates
from app.connectors.loaded_connection import LoadedConnection
from app.connectors.toolkit import add_marker
from app.connectors.write_back.event_subscriptions import event_types
from app.connectors.write_back.flag_dedupe import is_written
from app.connectors.write_back.schemas import WriteBack
from app.jobs.queries import get_job
from app.kit.errors import Problem
from app.rules.flags import Severity
from app.rules.wording import moment_text
from app.webhooks.models import event


@dataclass(frozen=True, slots=True)
class MoveProposal:
    """A stage move in the CRM that Keepwarm proposes and a recruiter may approve."""

    application_id: UUID
    external_id: str
    stage: str
    status: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """The reason why an event is not written into the CRM."""

    reason: str


def compose(
    work: UnitOfWork, loaded: LoadedConnection, event_id: UUID, *, again: bool
) -> OutgoingNote | MoveProposal | Skipped:
    """Compose what to write into the CRM for an event: a note, a proposed stage move, or a Skipped reason.

    `again`: an earlier attempt may have written the note.
    """
    found = sa.select(event).where(event.c.agency_id == work.agency_id, event.c.id == event_id)
    row = work.conn.execute(found).mappings().one()
    if row["type"] not in event_types(WriteBack.model_validate(loaded.write_back)):
        return Skipped("this write-back was turned off meanwhile")
    try:
        candidate = get_candidate(work, get_application(work, row["application_id"]).candidate_id)
        if candidate.erased_at is not None:
            return Skipped("the candidate was erased")
        match row["type"]:
            case "application.stage_changed":
                return _proposal(work, loaded, row)
            case "follow_up.logged":
                follow_up = get_interaction(work, UUID(row["data"]["interaction_id"]))
                if follow_up.external_ref is not None and follow_up.external_ref.system == loaded.ref_system:
                    return Skipped(f"it came from {loaded.name}")
                return _note(work, loaded, row, _follow_up(work, follow_up), again=again, as_task=False)
            case _:
                return _flag(work, loaded, row, again=again)
    except Problem as problem:
        return Skipped(problem.detail)


def _flag(work: UnitOfWork, loaded: LoadedConnection, row: Mapping[Any, Any], *, again: bool) -> OutgoingNote | Skipped:
    """Compose the note or task of a flag that is severe enough, or the note that a flag was cleared.

    Return the reason if nothing is to be written.
    """
    flag = get_flag(work, UUID(row["data"]["flag_id"]))
    words, written = flag.kind.replace("_", " "), is_written(work, loaded, str(flag.id))
    if row["type"] == "flag.cleared":
        if not written:
            return Skipped("its beginning was never written")
        return _note(work, loaded, row, (f"Keepwarm: no longer {words}", flag.clears), again=again, as_task=False)
    if written:
        return Skipped("it was written before")
    if flag.cleared_at is not None or flag.state == "dismissed":
        return Skipped("it was over before it could be written")
    if Severity(flag.severity) < Severity(loaded.write_back["least_severity"]):
        return Skipped("it is not as severe as is wanted here")
    title = f"Keepwarm: {words} ({flag.severity})"
    text = f"{flag.reason}\nWhat ends it: {flag.clears}"
    return _note(work, loaded, row, (title, text), again=again, as_task=bool(loaded.write_back["as_tasks"]))


def _follow_up(work: UnitOfWork, interaction: InteractionOut) -> tuple[str, str]:
    how = "spoke with" if interaction.two_way else "tried to reach"
    at = moment_text(interaction.occurred_at, get_agency_calendar(work))
    details = interaction.details or {}
    lines = [
        f"The recruiter {how} the client after the interview, by {interaction.channel.replace('_', ' ')}, on {at}."
    ]
    lines += [str(text) for text in (interaction.summary, details.get("feedback"), details.get("next_step")) if text]
    return "Keepwarm: follow-up with the client", "\n".join(lines)


def _note(
    work: UnitOfWork,
    loaded: LoadedConnection,
    row: Mapping[Any, Any],
    words: tuple[str, str],
    *,
    again: bool,
    as_task: bool,
) -> OutgoingNote | Skipped:
    at = get_application(work, row["application_id"])
    theirs = [get_candidate(work, at.candidate_id).external_ref, at.external_ref, get_job(work, at.job_id).external_ref]
    states = SyncStates(work, loaded)
    kinds: tuple[Kind, ...] = ("candidate", "application", "job")
    candidate_id, application_id, job_id = (
        ref.id if ref is not None and ref.system == loaded.ref_system and not states.is_deleted(kind, ref.id) else None
        for kind, ref in zip(kinds, theirs, strict=True)
    )
    if candidate_id is None:
        return Skipped(f"the candidate is not, or no longer, in {loaded.name}")
    title, text = words
    mark = str(row["id"])
    return OutgoingNote(
        mark=mark,
        title=title,
        text=add_marker(f"{title}\n{text}", mark),
        at=work.now,
        candidate_id=candidate_id,
        application_id=application_id,
        job_id=job_id,
        as_task=as_task and loaded.connector.writes_tasks,
        again=again,
    )


def _proposal(work: UnitOfWork, loaded: LoadedConnection, row: Mapping[Any, Any]) -> MoveProposal | Skipped:
    stage = row["data"]["to"]
    at = get_application(work, row["application_id"])
    if at.external_ref is None or at.external_ref.system != loaded.ref_system:
        return Skipped(f"the application is not in {loaded.name}")
    if at.stage != stage:
        return Skipped("it has moved on since")
    there = last_status(work, loaded, at.external_ref.id)
    if there is not None and loaded.stage(there) in (stage, at.effective_stage):
        return Skipped(f"it stands there in {loaded.name} already")
    words = [word for word, meant in loaded.stage_labels.items() if meant == stage and not word.startswith("@")]
    if len(words) != 1:
        return Skipped(f"{len(words)} of the CRM's statuses mean {stage}; a move needs exactly one")
    return MoveProposal(at.id, at.external_ref.id, stage, words[0])
