"""Connections: create and change them, and rotate their signing secrets."""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel

from app.access.queries import get_agency, get_recruiter
from app.access.schemas import named_fields
from app.access.unit_of_work import UnitOfWork
from app.connectors.connection_lookup import get_connection_row
from app.connectors.connections import queries
from app.connectors.connections.checks import check_addresses, check_names
from app.connectors.connections.schemas import (
    MAX_MAP_ENTRIES,
    ConnectionChange,
    ConnectionIn,
    ConnectionMade,
    ConnectionOut,
    SecretIn,
    SecretMade,
)
from app.connectors.contract import Connector, RejectedRequest, server_addresses
from app.connectors.health import HEALTHY
from app.connectors.inbox.replay import replay_mapped, replay_without_credentials, wake_all
from app.connectors.loaded_connection import open_account
from app.connectors.models import connection, connection_secrets
from app.connectors.registry import CONNECTORS
from app.connectors.sync.schedule import schedule_polls, wake_polls
from app.connectors.write_back.event_subscriptions import event_types
from app.connectors.write_back.schemas import WriteBack
from app.kit.db import insert_row, update_row
from app.kit.errors import conflict, invalid
from app.webhooks.outbox import forget, subscribe


def connect(work: UnitOfWork, body: ConnectionIn, public_url: str, *, most: int) -> ConnectionMade:
    """Create a connection to a CRM. Return it with the signing secret if Keepwarm made one, which is shown only now.

    Raise a 409 if the agency already has `most` connections or uses the same `ref_system`. Raise a 422 for invalid
    settings, credentials or secrets.
    """
    connector = CONNECTORS[body.system]
    check_names(connector, body.settings, body.credentials)
    check_addresses(body.settings)
    _check_recruiter(work, body.default_recruiter_id)
    _check_write_back(connector, body.write_back)
    _check_number(work, most)
    ref_system = body.ref_system or body.system
    taken = sa.select(connection.c.id).where(
        connection.c.agency_id == work.agency_id, connection.c.ref_system == ref_system
    )
    if work.conn.scalar(taken) is not None:
        raise conflict(
            "already_connected",
            f"Another connection uses the ref_system {ref_system}. Give this one a `ref_system` of its own.",
        )
    row = insert_row(
        work.conn,
        connection,
        {
            "agency_id": work.agency_id,
            "id": work.new_id("connection"),
            "system": body.system,
            "name": body.name,
            "ref_system": ref_system,
            "paused": False,
            "organisation_name": body.organisation_name,
            "default_recruiter_id": body.default_recruiter_id,
            "settings": body.settings,
            "stage_map": body.stage_map,
            "activity_map": _stored(body.activity_map),
            "write_back": body.write_back.model_dump(),
            "sealed_credentials": _sealed(work, body.credentials),
            "created_at": work.now,
        },
    )
    text, shown = _secret(connector, body.signing_secret, "/signing_secret")
    if text is not None:
        connection_secrets.keep(work, row["id"], text)
    subscribe(work, row["id"], event_types(body.write_back))
    schedule_polls(work, row["id"], connector)
    made = queries.show(work, row, public_url)
    if shown is not None:  # this once, the steps can be pasted as they are
        made = made.model_copy(update={"steps": [step.replace("<secret>", shown) for step in made.steps]})
    return ConnectionMade(connection=made, signing_secret=shown)


def _check_number(work: UnitOfWork, most: int) -> None:
    get_agency(work, lock=True)  # so that connections are made, and counted, one after the other
    mine = sa.select(sa.func.count()).where(connection.c.agency_id == work.agency_id)
    if (work.conn.scalar(mine) or 0) >= most:
        raise conflict(
            "too_many_connections",
            f"An agency has at most {most} connections. Remove one that is no longer needed first.",
        )


def change_connection(work: UnitOfWork, id: UUID, body: ConnectionChange, public_url: str) -> ConnectionOut:
    """Change a connection and return it. Check If-Match.

    New map entries apply the stored events that waited for them. New credentials or the end of a pause make events and
    polls due now.
    """
    row = get_connection_row(work, id, lock=True)
    work.expect(queries.show(work, row, public_url))
    connector = CONNECTORS[row["system"]]
    changes: dict[str, Any] = named_fields(body)
    values: dict[str, Any] = {
        name: changes[name]
        for name in ("name", "paused", "organisation_name", "default_recruiter_id")
        if name in changes
    }
    if "stage_map" in changes:
        values["stage_map"] = _merged(row["stage_map"], changes["stage_map"])
    if "activity_map" in changes:
        values["activity_map"] = _merged(row["activity_map"], _stored(body.activity_map))
    for name in ("stage_map", "activity_map"):
        if len(values.get(name, ())) > MAX_MAP_ENTRIES:
            raise invalid(
                f"/{name}",
                f"The map would have more than {MAX_MAP_ENTRIES} entries; remove some with null.",
                "too_long",
            )
    if "write_back" in changes:
        named = body.write_back.model_dump(exclude_unset=True)
        wanted = WriteBack.model_validate({**row["write_back"], **named})
        _check_write_back(connector, wanted)
        values["write_back"] = wanted.model_dump()
        subscribe(work, id, event_types(wanted))
    values |= _changed_fields(work, row, changes)
    _check_recruiter(work, values.get("default_recruiter_id"))
    if not values:
        return queries.show(work, row, public_url)
    changed = update_row(work.conn, connection, work.agency_id, id, values)
    if values.keys() & {"stage_map", "activity_map"}:
        replay_mapped(work, id)
    if values.get("sealed_credentials") is not None:
        replay_without_credentials(work, id)
    if row["paused"] and not changed["paused"]:
        wake_all(work, id)
    if values.keys() & {"sealed_credentials", "settings", "paused"}:
        wake_polls(work, id)
    return queries.show(work, changed, public_url)


def _changed_fields(work: UnitOfWork, row: Mapping[Any, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the column values for a change of settings and credentials, after validating both.

    A change of the server's URL drops the stored credentials.
    """
    if not changes.keys() & {"settings", "credentials"}:
        return {}  # a connection from before a field was required can still be renamed or paused
    connector, settings = CONNECTORS[row["system"]], _merged(row["settings"], changes.get("settings", {}))
    credentials: Mapping[str, Any] = open_account(work.seal, row).credentials
    moved = server_addresses(settings) != server_addresses(row["settings"])
    # Credentials for one server are never sent to another: a change of address drops them.
    entered = _merged({} if moved else credentials, changes.get("credentials", {}))
    check_names(connector, _kept(changes.get("settings", {})), _kept(changes.get("credentials", {})))
    check_addresses(settings)
    values: dict[str, Any] = {"settings": settings} if "settings" in changes else {}
    if moved or "credentials" in changes:
        values |= {"sealed_credentials": _sealed(work, entered), "sealed_session": None, **HEALTHY}
    return values


def disconnect(work: UnitOfWork, id: UUID, public_url: str) -> None:
    """Delete a connection with its secrets, stored events and polls. The imported records stay. Check If-Match."""
    work.expect(queries.show(work, get_connection_row(work, id, lock=True), public_url))
    forget(work, id)
    work.conn.execute(sa.delete(connection).where(connection.c.agency_id == work.agency_id, connection.c.id == id))


def add_secret(work: UnitOfWork, id: UUID, body: SecretIn) -> SecretMade:
    """Add a signing secret to a connection; the earlier secrets end after the overlap.

    The response shows the text only of a secret that Keepwarm made. Raise a 422 if the CRM makes the secret and none
    was sent.
    """
    row = get_connection_row(work, id, lock=True)
    text, shown = _secret(CONNECTORS[row["system"]], body.secret, "/secret")
    if text is None:
        raise invalid("/secret", "This CRM makes the secret itself: paste it here.", "secret_missing")
    made = connection_secrets.turn_over(work, id, text, timedelta(hours=body.overlap_hours))
    return SecretMade(id=made["id"], created_at=made["created_at"], signing_secret=shown)


def end_secret(work: UnitOfWork, id: UUID, secret_id: UUID, public_url: str) -> None:
    """End a signing secret now. If-Match takes the ETag of the connection, as a secret has none."""
    work.expect(queries.show(work, get_connection_row(work, id, lock=True), public_url))
    connection_secrets.end(work, id, secret_id)


def _check_recruiter(work: UnitOfWork, recruiter_id: UUID | None) -> None:
    if recruiter_id is not None:
        get_recruiter(work, recruiter_id, pointer="/default_recruiter_id")


def _check_write_back(connector: Connector, wanted: WriteBack) -> None:
    if event_types(wanted) and not connector.writes_notes():
        raise invalid(
            "/write_back", f"Keepwarm cannot write into {connector.title}; leave `write_back` out.", "cannot_write_back"
        )
    if wanted.propose_moves and not connector.moves_stages():
        raise invalid(
            "/write_back/propose_moves",
            f"Keepwarm cannot move applications in {connector.title}; leave `propose_moves` false.",
            "cannot_move",
        )


def _secret(connector: Connector, pasted: str | None, pointer: str) -> tuple[str | None, str | None]:
    """Return a pair: the signing secret to store, and the secret to show to the admin.

    A pasted secret is stored and not shown; one that Keepwarm makes is both. Both are None if the CRM signs nothing or
    makes its secret later.
    """
    if pasted is not None:
        if not connector.receives or connector.signed_by == "nobody":
            raise invalid(pointer, f"{connector.title} signs nothing; leave the secret out.", "no_secret_needed")
        try:
            connector.check_secret(pasted)
        except RejectedRequest as refused:
            raise invalid(pointer, f"This cannot be the secret: {refused}.") from None
        return pasted, None
    if not connector.receives or connector.signed_by != "our_secret":
        return None, None
    made = connector.new_secret(secrets.token_bytes(32))
    return made, made


def _sealed(work: UnitOfWork, credentials: Mapping[str, Any]) -> bytes | None:
    return work.seal.lock(work.agency_id, json.dumps(dict(credentials)).encode()) if credentials else None


def _kept(changes: Mapping[str, Any]) -> list[str]:
    """Return the names in a change whose value is not null, which means that the entry is not removed."""
    return [name for name, value in changes.items() if value is not None]


def _merged(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**before, **changes}.items() if value is not None}


def _stored(meanings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        word: meaning.model_dump(exclude_none=True) if isinstance(meaning, BaseModel) else meaning
        for word, meaning in meanings.items()
    }
