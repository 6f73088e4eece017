"""Examples of “Applications and interviews”: opening, booking and moving between stages."""

from app.console import fixture_ids
from app.console.examples.example import by_ref, of

_ROUND = {
    "starts_at": "2026-11-25T10:00:00+11:00",
    "ends_at": "2026-11-25T11:00:00+11:00",
    "kind": "panel",
}

EXAMPLES = {
    "list_applications": of(recruiter_id=fixture_ids.RECRUITER),
    "open_application": of(
        {
            "Her interview is being arranged": {
                "candidate_id": fixture_ids.AWAY_CANDIDATE,
                "job_id": fixture_ids.JOB,
                "recruiter_id": fixture_ids.RECRUITER,
                "stage": "interview_scheduled",
            }
        }
    ),
    "get_application": of(application_id=fixture_ids.APPLICATION),
    "revive_application": of(application_id=fixture_ids.APPLICATION),
    "change_application": of(
        {"Hand it to Tomasz": {"recruiter_id": fixture_ids.COLLEAGUE}}, application_id=fixture_ids.APPLICATION
    ),
    "book_interview": of(
        {"A second round": _ROUND | {"interviewer_ids": [fixture_ids.CLIENT_CONTACT, fixture_ids.INTERVIEWER]}},
        application_id=fixture_ids.APPLICATION,
    ),
    "list_interviews": of(application_id=fixture_ids.APPLICATION),
    "get_interview": of(interview_id=fixture_ids.INTERVIEW),
    "change_interview": of(
        {
            "Moved to the next day": {
                "starts_at": "2026-11-26T14:00:00+11:00",
                "ends_at": "2026-11-26T15:00:00+11:00",
            },
            "Called off": {"status": "cancelled"},
        },
        interview_id=fixture_ids.UPCOMING_INTERVIEW,
    ),
    "move_to_stage": of(
        {
            "They make an offer": {"to": "offer"},
            "They said no": {"to": "rejected", "reason": "They appointed from within."},
        },
        application_id=fixture_ids.MOVABLE_APPLICATION,
    ),
    "get_stage_history": of(application_id=fixture_ids.MOVABLE_APPLICATION),
    "void_transition": of(
        {"Recorded by mistake": {"reason": "The references are not in yet."}}, transition_id=fixture_ids.TRANSITION
    ),
    "put_application": by_ref(
        "application-9001",
        {
            "A submission in the CRM": {
                "candidate_id": fixture_ids.AWAY_CANDIDATE,
                "job_id": fixture_ids.SLIPPED_JOB,
                "opened_at": "2026-11-13T09:30:00+11:00",
            }
        },
    ),
    "get_application_by_ref": by_ref("application-1"),
    "put_interview": by_ref(
        "interview-9001",
        {"A meeting in the CRM's calendar": _ROUND | {"application_id": fixture_ids.APPLICATION, "kind": "video"}},
    ),
    "get_interview_by_ref": by_ref("interview-1"),
    "put_transition": by_ref(
        "transition-9001",
        {"A status in the CRM": {"application_id": fixture_ids.MOVABLE_APPLICATION, "to": "offer"}},
    ),
    "get_transition_by_ref": by_ref("transition-1"),
}
