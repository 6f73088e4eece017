"""The use-case of erasing a candidate."""

from collections.abc import Sequence
from uuid import UUID

from app.access.work import Work
from app.applications.context import AssessmentContext
from app.applications.facts.stages import end_application
from app.applications.reassess import reassess_all
from app.candidates.queries import get_candidate
from app.candidates.schemas import CandidateOut
from app.erasure.arrivals import Found, erase_arrivals
from app.erasure.person import find_person
from app.erasure.words import erase_words, leave_a_shell
from app.webhooks.outbox import emit


def erase_candidate(work: Work, candidate_id: UUID, found: Sequence[Found] = ()) -> CandidateOut:
    """Erase a person; answers what is left of them. One who was erased before is answered the same, and nothing more is
    done or told.

    Their applications in progress end as cancelled, as they do where a CRM has deleted the candidate. Records that a
    CRM has merged are one person and go together, each with an event of its own. `found` is what a look through the
    CRMs' events brought beforehand; without it the erasure looks through all of them itself.
    """
    work.expect(get_candidate(work, candidate_id))
    person = find_person(work, candidate_id, lock=True)
    if candidate_id in person.candidate_ids:
        erase_arrivals(work, person, found)
        erase_words(work, person)
        for application_id in person.application_ids:
            end_application(work, application_id, "cancelled", "The candidate was erased")
        leave_a_shell(work, person)
        # Nothing is owed about them any more, the call that would tell them how it ended included.
        reassess_all(AssessmentContext.of(work), [(work.agency_id, id) for id in person.application_ids])
        for id in person.candidate_ids:
            emit(work, "candidate.erased", {"candidate_id": str(id)})
    return get_candidate(work, candidate_id)
