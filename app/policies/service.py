"""Use-case: change the policy of an agency, an organisation or a job."""

from collections.abc import Iterable
from itertools import islice
from uuid import UUID

import sqlalchemy as sa

from app.access.models import agency, policy_change
from app.access.reassessment_requests import request_reassessment
from app.access.unit_of_work import UnitOfWork
from app.jobs.models import job
from app.kit.db import insert_row, update_row
from app.kit.errors import Problem
from app.organisations.models import organisation
from app.policies import queries
from app.policies.override_levels import Levels, Overrides, leaves, merge_patch, without_nulls
from app.policies.schemas import Level, PolicyChange, PolicyOut
from app.rules.policy import overlay, policy_faults

Fault = tuple[str, str]
"""A validation error: a JSON pointer into the body, and a sentence."""
_MAX_FAULTS = 50


def change_policy(work: UnitOfWork, level: Level, subject_id: UUID | None, body: PolicyChange) -> PolicyOut:
    """Merge `body` into the overrides of a level. Open applications below the level are reassessed.

    Raises 422 for unknown fields, wrong values and decreasing thresholds, also where organisations and jobs below
    override some thresholds.
    """
    levels = queries.get_levels(work, level, subject_id, lock=True)
    current = levels.shown()
    work.expect(current)
    merged = merge_patch(levels.own, body.root)
    _refuse(policy_faults(merged, levels.inherited), "invalid", "Some fields are not right; see errors.")
    own = without_nulls(merged)
    if own == levels.own:
        return current
    changed = levels.changed(own)
    _refuse(
        _faults_below(work, changed, level, subject_id),
        "ladder_goes_down_below",
        "Thresholds that are partly set below this level would decrease; see errors.",
    )
    _save(work, level, subject_id, levels.own, changed)
    return changed.shown()


def _refuse(faults: Iterable[Fault], code: str, detail: str) -> None:
    errors = [{"pointer": pointer, "detail": sentence} for pointer, sentence in islice(faults, _MAX_FAULTS)]
    if errors:
        raise Problem(422, code, detail, errors=errors)


def _faults_below(work: UnitOfWork, changed: Levels, level: Level, subject_id: UUID | None) -> Iterable[Fault]:
    for what, (*above, own) in queries.overrides_below(work, level, subject_id):
        for pointer, sentence in policy_faults(own, overlay(*changed.overrides, *above)):
            yield pointer, f"At the {what}: {sentence}"


def _save(work: UnitOfWork, level: Level, subject_id: UUID | None, before: Overrides, changed: Levels) -> None:
    values = {"policy_version": changed.version} | ({"policy": changed.own} if level == "agency" else {})
    work.conn.execute(sa.update(agency).where(agency.c.id == work.agency_id).values(**values))
    if subject_id is not None:
        table = organisation if level == "organisation" else job
        update_row(work.conn, table, work.agency_id, subject_id, {"policy": changed.own})
    row = {
        "agency_id": work.agency_id,
        "id": work.new_id("policy_change"),
        "version": changed.version,
        "level": level,
        "subject_id": subject_id,
        "fields": _differences(before, changed.own),
        "changed_at": work.now,
        "api_key_id": work.caller.api_key_id,
    }
    insert_row(work.conn, policy_change, row)
    request_reassessment(work, level, subject_id)


def _differences(before: Overrides, after: Overrides) -> dict[str, dict[str, object]]:
    old, new = dict(leaves(before)), dict(leaves(after))
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return {name: {"from": old.get(name), "to": new.get(name)} for name in names}
