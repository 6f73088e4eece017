"""Use-cases of agencies, recruiters and API keys."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from app.access import api_keys, queries
from app.access.calendar_exceptions import check_exceptions, exceptions_as_json
from app.access.caller import Role
from app.access.models import agency, api_key, recruiter
from app.access.reassessment_requests import request_reassessment
from app.access.schemas import (
    AgencyChange,
    AgencyIn,
    AgencyMade,
    AgencyOut,
    ApiKeyIn,
    ApiKeyMade,
    ApiKeyOut,
    RecruiterChange,
    RecruiterIn,
    RecruiterOut,
    RotationIn,
    named_fields,
)
from app.access.unit_of_work import UnitOfWork
from app.kit.db import insert_row, metadata, update_row
from app.kit.errors import conflict, invalid
from app.kit.external_refs import row_to_model


def make_agency(work: UnitOfWork, body: AgencyIn) -> AgencyMade:
    """Create an agency and its first admin key."""
    values = exceptions_as_json(body.model_dump())
    check_exceptions(work, values["calendar_exceptions"], body.holiday_region)
    row = values | {
        "id": work.new_id("agency"),
        "policy": {},
        "policy_version": 1,
        "created_at": work.now,
    }
    made = row_to_model(AgencyOut, insert_row(work.conn, agency, row))
    key = _make_key(work, made.id, ApiKeyIn(name="First admin key", role="admin"))
    return AgencyMade(agency=made, api_key=key.api_key)


def make_admin_key(work: UnitOfWork, agency_id: UUID) -> ApiKeyMade:
    """Create an admin key for an agency that has lost its own. Only the operator may call this."""
    queries.get_agency_of_operator(work, agency_id, lock=True)
    return _make_key(work, agency_id, ApiKeyIn(name="Admin key made by the operator", role="admin"))


def delete_agency(work: UnitOfWork, agency_id: UUID, name: str) -> None:
    """Delete an agency and all its data permanently. Only the operator may call this.

    `name` must be the agency's exact name, as a confirmation.
    """
    current = queries.get_agency_of_operator(work, agency_id, lock=True)
    if current.name != name:
        raise conflict("other_name", "The agency with this id has another name. Check the id, and send its exact name.")
    work.expect(current)
    for table in reversed(metadata.sorted_tables):
        if "agency_id" in table.c:
            work.conn.execute(sa.delete(table).where(table.c.agency_id == agency_id))
    work.conn.execute(sa.delete(agency).where(agency.c.id == agency_id))


def change_agency(work: UnitOfWork, body: AgencyChange) -> AgencyOut:
    """Change the agency. A change of its calendar requests a reassessment of every open application."""
    current = queries.get_agency(work, lock=True)
    work.expect(current)
    before, wanted = exceptions_as_json(current.model_dump()), exceptions_as_json(named_fields(body))
    values = {name: value for name, value in wanted.items() if value not in (None, before[name])}
    if not values:
        return current
    if values.keys() & {"holiday_region", "calendar_exceptions"}:
        after = before | values
        check_exceptions(work, after["calendar_exceptions"], after["holiday_region"])
    work.conn.execute(sa.update(agency).where(agency.c.id == work.agency_id).values(**values))
    if values.keys() & {"time_zone", "holiday_region", "calendar_exceptions"}:
        request_reassessment(work, "agency")
    return queries.get_agency(work)


def add_recruiter(work: UnitOfWork, body: RecruiterIn) -> RecruiterOut:
    """Add a recruiter to the agency."""
    row = body.model_dump() | {
        "agency_id": work.agency_id,
        "id": work.new_id("recruiter"),
        "active": True,
        "created_at": work.now,
    }
    return row_to_model(RecruiterOut, insert_row(work.conn, recruiter, row))


def change_recruiter(work: UnitOfWork, id: UUID, body: RecruiterChange) -> RecruiterOut:
    """Change a recruiter's name, e-mail address or active flag. Deactivation revokes the recruiter's API keys."""
    current = queries.get_recruiter(work, id, lock=True)
    work.expect(current)
    values = named_fields(body)
    for required in ("name", "active"):
        if required in values and values[required] is None:
            raise invalid(f"/{required}", f"`{required}` cannot be removed; leave it out to keep it.")
    if not values:
        return current
    if values.get("active") is False:
        _end_keys_of(work, id)
    return row_to_model(RecruiterOut, update_row(work.conn, recruiter, work.agency_id, id, values))


def make_api_key(work: UnitOfWork, body: ApiKeyIn) -> ApiKeyMade:
    """Create an API key with a role; the key may belong to one recruiter."""
    if body.recruiter_id is not None:
        queries.get_recruiter(work, body.recruiter_id, pointer="/recruiter_id")
    if body.expires_at is not None and body.expires_at <= work.now:
        raise invalid("/expires_at", "A key's `expires_at` must be in the future.")
    return _make_key(work, work.agency_id, body)


def rotate_api_key(work: UnitOfWork, id: UUID, body: RotationIn) -> ApiKeyMade:
    """Create an API key with the same name, role and recruiter. The old key expires after the overlap.

    Raises 409 if the old key has already ended.
    """
    current = queries.get_api_key(work, id, lock=True)
    work.expect(current)
    if current.revoked_at is not None or (current.expires_at is not None and current.expires_at <= work.now):
        raise conflict(
            "key_has_ended",
            "This key has expired or was revoked and cannot be rotated. Make a new one with `POST /v1/api-keys`.",
        )
    end = work.now + timedelta(hours=body.overlap_hours)
    if current.expires_at is None or end < current.expires_at:
        update_row(work.conn, api_key, work.agency_id, id, {"expires_at": end})
    return _make_key(
        work,
        work.agency_id,
        ApiKeyIn.model_validate(
            {"name": current.name, "role": current.role.value, "recruiter_id": current.recruiter_id}
        ),
    )


def revoke_api_key(work: UnitOfWork, id: UUID) -> None:
    """Revoke an API key at once. Raises 409 for the agency's last admin key."""
    current = queries.get_api_key(work, id, lock=True)
    work.expect(current)
    if current.revoked_at is not None:
        return
    if current.role is Role.admin and not _other_admin_keys(work, id):
        raise conflict(
            "last_admin_key",
            "This is the agency's last admin key. Make another one with `POST /v1/api-keys` before you revoke it.",
        )
    update_row(work.conn, api_key, work.agency_id, id, {"revoked_at": work.now})


def _end_keys_of(work: UnitOfWork, recruiter_id: UUID) -> None:
    """Revoke all API keys of a recruiter. Raises 409 if the agency's last admin key is among these keys."""
    live = sa.select(api_key).where(
        api_key.c.agency_id == work.agency_id, api_key.c.recruiter_id == recruiter_id, api_key.c.revoked_at.is_(None)
    )
    for key in work.conn.execute(live).all():
        revoke_api_key(work, key.id)


def _other_admin_keys(work: UnitOfWork, id: UUID) -> bool:
    # The agency row is the lock: two admins revoking each other's keys must not leave none.
    queries.get_agency(work, lock=True)
    found = work.conn.execute(
        sa.select(api_key.c.id)
        .where(
            api_key.c.agency_id == work.agency_id,
            api_key.c.id != id,
            api_key.c.role == Role.admin,
            api_key.c.revoked_at.is_(None),
            sa.or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > work.now),
        )
        .limit(1)
    ).one_or_none()
    return found is not None


def _make_key(work: UnitOfWork, agency_id: UUID, body: ApiKeyIn) -> ApiKeyMade:
    key = api_keys.make(agency_id, work.new_id("api_key"))
    row = body.model_dump() | {
        "agency_id": agency_id,
        "id": key.id,
        "secret_hash": key.secret_hash,
        "created_at": work.now,
    }
    made = insert_row(work.conn, api_key, row)
    return ApiKeyMade(key=row_to_model(ApiKeyOut, made), api_key=key.token)
