"""Placements of Recruitee as applications: the stage that a move leads to, and all placements of a candidate."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import Application, Status
from app.connectors.parsing import folded_word, id_text, one_line, parse_instant, sequence, value_at

# The category of the stages in which a candidate counts as hired is Recruitee's own; their names are the agency's [T].
_HIRED = ("hire", "hired")
# The disqualifier: a member of the team [T, a recorded answer]. Other words are unknown.
_DISQUALIFIED_BY = ("admin",)
# Fields that a placement has only while its candidate is disqualified [T, recorded answers, no two alike].
_DISQUALIFIED = ("disqualified_at", "disqualify_reason_id", "disqualify_reason", "disqualify_kind")
# "Subtypes: stage_changed, disqualified, requalified" [V, docs.recruitee.com, "Webhooks"].
_SUBTYPES = ("stagechanged", "disqualified", "requalified")


def moment(value: Any) -> datetime | None:
    """Parse an instant of Recruitee, which sometimes ends with `UTC`."""
    return parse_instant(value.strip().removesuffix(" UTC") if isinstance(value, str) else value)


def disqualified(placement: Any) -> bool:
    """Return True if the candidate is disqualified in the job of a Recruitee placement."""
    return value_at(placement, "disqualified") is True or any(value_at(placement, name) for name in _DISQUALIFIED)


def offer_of(placement: Any) -> str | None:
    """Return the id of a placement's job, which Recruitee calls an offer. Return None for a placement in a
    talent pool.
    """
    if value_at(placement, "offer", "kind") == "talent_pool":
        return None
    return id_text(value_at(placement, "offer_id")) or id_text(value_at(placement, "offer", "id"))


def stages_of(offer: Any) -> Mapping[str, Any]:
    """Return the stages in the pipeline of a Recruitee job. The mapping has the stage's id as its key, and name and
    category as its value.
    """
    stages = sequence(value_at(offer, "pipeline_template", "stages"))
    return {id: stage for stage in stages if (id := id_text(value_at(stage, "id")))}


def lacks_stage_name(placement: Any) -> bool:
    """Return True if a placement does not name the candidate's stage, so that the job's pipeline has to be fetched."""
    return not disqualified(placement) and one_line(value_at(placement, "stage", "name")) is None


def moved_to(payload: Any, sub: str, event_time: datetime) -> Status | None:
    """Return the status that a move of a Recruitee candidate leads to. Return None if the event does not say."""
    details = value_at(payload, "details")
    if folded_word(sub) == "disqualified":
        return _out(details, event_time)
    stage = value_at(details, "to_stage") or value_at(details, "stage") or value_at(payload, "stage")
    return _stage(stage, id_text(value_at(stage, "id")), event_time)


def placement_status(placement: Any, stages: Mapping[str, Any], changed: datetime) -> Status | None:
    """Return the status of a Recruitee placement: disqualified, hired, or its stage with the name that the pipeline
    gives.
    """
    since = moment(value_at(placement, "updated_at")) or changed
    if disqualified(placement):
        return _out(placement, moment(value_at(placement, "disqualified_at")) or since)
    id = id_text(value_at(placement, "stage_id")) or id_text(value_at(placement, "stage", "id"))
    stage, hired_at = stages.get(id or "") or value_at(placement, "stage"), moment(value_at(placement, "hired_at"))
    status = _stage(stage, id, since, hired_at)
    # A known category decides: the time of a withdrawn hire may remain [U].
    if status is not None and hired_at is not None and value_at(stage, "category") is None:
        return Status(value="@hired", label=status.label, at=hired_at)
    return status


def unknown_words(sub: str, *placements: Any) -> list[str]:
    """Return the words to report, as their meaning is unknown, of a Recruitee move and of its placements."""
    kinds = [text for one in placements if (text := one_line(value_at(one, "disqualify_kind"), 60))]
    unknown = [f"disqualify kind: {kind}" for kind in kinds if folded_word(kind) not in _DISQUALIFIED_BY]
    return [f"event subtype: {sub}", *unknown] if sub and folded_word(sub) not in _SUBTYPES else unknown


def application(candidate: str, job: str, version: datetime, status: Status | None) -> Application:
    """Return a Recruitee candidate's placement in a job as an application."""
    return Application(
        id=f"{candidate}:{job}"[:200], version=version, candidate_id=candidate, job_id=job, status=status
    )


def applications(
    person: Any, candidate: str, changed: datetime, offers: Mapping[str, Any], only: str | None = None
) -> Sequence[Application]:
    """Return an application for each of the candidate's placements in a job. With `only`, return that of this job
    alone.

    A candidate's own time of change does not move with the placements [T, recorded]: each placement has its own time.
    """
    found = []
    for placement in sequence(value_at(person, "placements")):
        job = offer_of(placement)
        if job is not None and only in (None, job):
            times = (changed, moment(value_at(placement, "updated_at")), moment(value_at(person, "fetched_at")))
            status = placement_status(placement, stages_of(offers.get(job)), changed)
            found.append(application(candidate, job, max(time for time in times if time), status))
    return found


def _out(source: Any, since: datetime) -> Status:
    """Return the status of a disqualification. Reasons are the agency's own: its stage map decides which ones mean that
    the candidate withdrew.
    """
    reason = one_line(value_at(source, "disqualify_reason", "name")) or one_line(value_at(source, "disqualify_reason"))
    return Status(value="@rejected", label=reason, at=since, reason=reason)


def _stage(stage: Any, id: str | None, since: datetime, hired_at: datetime | None = None) -> Status | None:
    label = one_line(value_at(stage, "name"))
    if folded_word(value_at(stage, "category")) in _HIRED:
        return Status(value="@hired", label=label, at=hired_at or since)
    return Status(value=id, label=label, at=since) if id else None
