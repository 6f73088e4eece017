"""The use-case of erasing a candidate."""

from collections.abc import Sequence
from uuid import UUID

from app.access.unit_of_work import UnitOfWork
from app.applications.assessment_context import AssessmentContext
from app.applications.facts.stages import end_application
from app.applications.reassess import reassess_all
from app.candidates.queries import get_candidate
from app.candidates.schemas import CandidateOut
from app.erasure.inbound_events import ScanResult, erase_inbound_events
from app.erasure.person_data import find_person
from app.erasure.redaction import redact_candidate, redact_texts
from app.webhooks.events import CandidateErased
from app.webhooks.outbox import emit


def erase_candidate(work: UnitOfWork, candidate_id: UUID, found: Sequence[ScanResult] = ()) -> CandidateOut:
    """Erase the person behind a candidate and return the candidate without personal data.

    Applications in progress end as cancelled. Candidates that a CRM has merged are one person and are erased together,
    with one event `candidate.erased` each. Erasing again changes nothing and emits no event. `found` has the results of
    scans done beforehand; without them, all inbound events are read here. Raises 404 for an unknown candidate.
    """
    work.expect(get_candidate(work, candidate_id))
    person = find_person(work, candidate_id, lock=True)
    if candidate_id in person.candidate_ids:
        erase_inbound_events(work, person, found)
        redact_texts(work, person)
        for application_id in person.application_ids:
            end_application(work, application_id, "cancelled", "The candidate was erased")
        redact_candidate(work, person)
        # After this nothing is owed, not even the call about the outcome.
        reassess_all(AssessmentContext.of(work), [(work.agency_id, id) for id in person.application_ids])
        for id in person.candidate_ids:
            emit(work, CandidateErased(candidate_id=id))
    return get_candidate(work, candidate_id)
