"""Reassessment: load applications, assess them by the rules, and write the results in the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from app.access.unit_of_work import MAX_AHEAD, UnitOfWork
from app.applications.assessment_context import AssessmentContext
from app.applications.history_loader import Key, LoadedApplication, load
from app.applications.projection import PendingWrites, Projection
from app.candidates.erased import candidate_erased
from app.rules.assess import Assessment
from app.webhooks.events import Payload


def reassess(work: UnitOfWork, ids: Collection[UUID], events: Sequence[Payload] = ()) -> dict[UUID, Assessment]:
    """Assess locked applications of the caller's agency and store the results. Return a mapping from id to assessment.

    `events` are emitted first, for each application. Raises 409 if the candidate of one of the applications was erased:
    every write about an application ends here.
    """
    loaded = load(work.conn, [(work.agency_id, id) for id in ids])
    if any(one.erased_at is not None for one in loaded.values()):
        raise candidate_erased()
    return {id: found for (_, id), found in _project(AssessmentContext.of(work), loaded, events).items()}


def reassess_all(context: AssessmentContext, keys: Collection[Key]) -> dict[Key, Assessment]:
    """Assess locked applications, which may be of several agencies, and store the results.

    Return a mapping from the key (agency id, application id) to the assessment.
    """
    return _project(context, load(context.conn, keys))


def _project(
    context: AssessmentContext, applications: Mapping[Key, LoadedApplication], events: Sequence[Payload] = ()
) -> dict[Key, Assessment]:
    writes, assessments = PendingWrites(), {}
    for key, loaded in applications.items():
        current = _not_before_last(context, loaded)
        assessments[key] = loaded.assessed(current.now)
        Projection(current, loaded, assessments[key], writes).apply(events)
    writes.write(context)
    return assessments


def _not_before_last(context: AssessmentContext, loaded: LoadedApplication) -> AssessmentContext:
    """Return the context, with `now` moved to the application's last assessment if that is later.

    A transaction that waited for the application's lock can carry an earlier `now` than the transaction before. With
    that time, the fact of the transaction before would lie in the future. The stage would then move back and forth. A
    last assessment more than `MAX_AHEAD` in the future is ignored.
    """
    last = loaded.row["assessed_at"]
    is_ahead = last is not None and context.now < last <= context.now + MAX_AHEAD
    return replace(context, now=last) if is_ahead else context
