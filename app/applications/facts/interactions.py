"""Use cases of interactions (one communication between two parties): log, update, void, detach, read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.facts.fact_operations import (
    add_fact,
    existing_or_new,
    find_by_ref,
    find_fact,
    reassess_other_applications,
    upsert_fact,
    void_fact,
)
from app.applications.facts.schemas import InteractionIn, InteractionOut, InteractionPut, VoidIn
from app.applications.models import interaction, interview
from app.applications.queries import get_application, lock_application
from app.applications.reassess import reassess
from app.applications.schemas import ApplicationOut
from app.kit.db import update_row
from app.kit.errors import invalid, not_found
from app.kit.external_refs import ref_to_columns, row_to_model
from app.kit.field_types import ExternalRef
from app.kit.pagination import Page, Paging
from app.organisations.models import client_contact
from app.webhooks.events import FollowUpLogged, Payload


def log_interaction(work: UnitOfWork, application_id: UUID, body: InteractionIn) -> InteractionOut:
    """Store an interaction, and reassess the application and the candidate's other applications that it counts on."""
    at = lock_application(work, application_id)
    row = add_fact(work, interaction, "interaction", at.id, _checked(work, at, ref_to_columns(body.model_dump())))
    return _reassessed(work, at, row, follow_up_events(row))


def put_interaction(work: UnitOfWork, ref: ExternalRef, body: InteractionPut) -> tuple[InteractionOut, bool]:
    """Create or update an interaction by its id in another system. Reassess the applications that it counts on.

    Return the pair of the interaction and True if the interaction is new, else False.
    """
    at = lock_application(work, body.application_id)
    known, values = existing_or_new(work, interaction, "interaction", ref, body, InteractionOut)
    if known is not None and values["in_reply_to"] == known["id"]:
        raise invalid("/in_reply_to", "`in_reply_to` must name another interaction than this one.")
    row, created = upsert_fact(work, interaction, "interaction", at.id, known, _checked(work, at, values))
    # The version before a correction may have counted on other applications.
    events = follow_up_events(row) if created else ()
    return _reassessed(work, at, row, events, corrected=not created), created


def void_interaction(work: UnitOfWork, id: UUID, body: VoidIn) -> InteractionOut:
    """Void an interaction that was recorded wrongly, and reassess the applications that it counted on."""
    row = void_fact(work, interaction, "interaction", id, body.reason, InteractionOut)
    if _is_with_candidate(row):
        _reassess_others(work, get_application(work, row["application_id"]), row)
    return row_to_model(InteractionOut, row)


def void_and_detach_interaction(work: UnitOfWork, id: UUID, body: VoidIn) -> None:
    """Void an interaction and remove its external reference, because its CRM record moved to another application."""
    void_interaction(work, id, body)
    detach_interaction(work, id)


def detach_interaction(work: UnitOfWork, id: UUID) -> None:
    """Remove an interaction's external reference, so that another interaction can have this reference."""
    update_row(work.conn, interaction, work.agency_id, id, {"external_system": None, "external_id": None})


def get_interaction(work: UnitOfWork, id: UUID) -> InteractionOut:
    """Return one interaction of the caller's agency. Raises 404 if there is none."""
    return row_to_model(InteractionOut, find_fact(work, interaction, "interaction", id))


def get_interaction_by_ref(work: UnitOfWork, ref: ExternalRef) -> InteractionOut:
    """Return the interaction that has the id `ref` in another system. Raises 404 if there is none."""
    row = find_by_ref(work, interaction, ref)
    if row is None:
        raise not_found("interaction")
    return row_to_model(InteractionOut, row)


def list_interactions(work: UnitOfWork, application_id: UUID, paging: Paging) -> Page[InteractionOut]:
    """Return a page of the interactions of an application, ordered by `occurred_at`, voided interactions included."""
    get_application(work, application_id)
    columns = interaction.c
    statement = sa.select(interaction).where(
        columns.agency_id == work.agency_id, columns.application_id == application_id
    )
    return paging.page(
        work.conn,
        statement,
        [columns.occurred_at, columns.id],
        [datetime.fromisoformat, UUID],
        lambda row: row_to_model(InteractionOut, row._mapping),
    )


def _checked(work: UnitOfWork, at: ApplicationOut, row: Mapping[str, Any]) -> dict[str, Any]:
    """Validate the row of an interaction and return it with the default of `occurred_at`.

    Raises 404 if it names an interaction or interview of another application, or a client contact of another
    organisation. Raises 422 for a time in the future, or before the interaction that it answers.
    """
    occurred_at = row["occurred_at"] or work.now
    work.happened("/occurred_at", occurred_at)
    if row["in_reply_to"] is not None:
        asked = find_fact(
            work, interaction, "interaction", row["in_reply_to"], application_id=at.id, pointer="/in_reply_to"
        )
        if asked["occurred_at"] > occurred_at:
            raise invalid("/in_reply_to", "`occurred_at` must not be before the interaction that `in_reply_to` names.")
    if row["interview_id"] is not None:
        find_fact(work, interview, "interview", row["interview_id"], application_id=at.id, pointer="/interview_id")
    if row["client_contact_id"] is not None:
        check_contact(work, at, row["client_contact_id"])
    return dict(row) | {"occurred_at": occurred_at}


def check_contact(work: UnitOfWork, at: ApplicationOut, id: UUID) -> None:
    """Raise 404 unless the client contact belongs to the application's organisation."""
    found = work.conn.execute(
        sa.select(client_contact.c.id).where(
            client_contact.c.agency_id == work.agency_id,
            client_contact.c.id == id,
            client_contact.c.organisation_id == at.organisation_id,
        )
    ).one_or_none()
    if found is None:
        raise not_found("client contact at the application's organisation", "/client_contact_id")


def follow_up_events(row: sa.RowMapping) -> Sequence[Payload]:
    """Return a list of the event `follow_up.logged` for a follow-up with the client, else ()."""
    parties = (row["from_party"], row["to_party"])
    theirs = row["two_way"] and parties == ("client", "recruiter")
    if (
        row["purpose"] != "interview_follow_up"
        or row["automatic"]
        or not (theirs or parties == ("recruiter", "client"))
    ):
        return ()
    payload = FollowUpLogged(
        interview_id=row["interview_id"],
        interaction_id=row["id"],
        reached=row["two_way"],
        occurred_at=row["occurred_at"],
    )
    return [payload]


def _reassessed(
    work: UnitOfWork, at: ApplicationOut, row: sa.RowMapping, events: Sequence[Payload], *, corrected: bool = False
) -> InteractionOut:
    reassess(work, [at.id], events=events)
    if corrected:
        reassess_other_applications(work, at.id, at.candidate_id)
    elif _is_with_candidate(row):
        _reassess_others(work, at, row)
    return row_to_model(InteractionOut, row)


def _is_with_candidate(row: sa.RowMapping) -> bool:
    return "candidate" in (row["from_party"], row["to_party"]) and not row["automatic"]


def _reassess_others(work: UnitOfWork, at: ApplicationOut, row: sa.RowMapping) -> None:
    """Reassess the candidate's other applications on which this interaction counts.

    A message from the candidate, or a talk with the candidate, counts on all active applications. A contact between
    recruiter and candidate counts on ended applications that are kept warm.
    """
    heard = row["from_party"] == "candidate" or row["two_way"]
    contact = {row["from_party"], row["to_party"]} == {"candidate", "recruiter"}
    if heard or contact:
        reassess_other_applications(work, at.id, at.candidate_id, heard=heard, contact=contact)
