"""Examples of “After the interview”: follow-ups, debriefs, commitments and timelines."""

from app.console import fixture_ids
from app.console.examples.example import by_ref, of

_VOIDED = {"Recorded by mistake": {"reason": "Logged on the wrong application."}}

EXAMPLES = {
    "log_follow_up": of(
        {
            "Rosalind picked up": {
                "channel": "phone",
                "reached": True,
                "client_contact_id": fixture_ids.CLIENT_CONTACT,
                "enthusiasm_conveyed": True,
                "feedback": "Clear on award interpretation; they would like to hear more about leading a team.",
                "next_step": "A second round with the finance director.",
                "timeline": {"stated_by": "client", "decision_by": "2026-11-27", "confidence": "medium"},
                "commitments": [
                    {"owed_by": "client", "description": "Three times for the second round", "due_on": "2026-11-24"},
                    {"owed_by": "recruiter", "description": "Send two referees", "due_on": "2026-11-23"},
                ],
            },
            "A voicemail": {
                "channel": "voicemail",
                "reached": False,
                "client_contact_id": fixture_ids.CLIENT_CONTACT,
                "summary": "Said that Nadia is very keen and asked for a call back.",
            },
        },
        interview_id=fixture_ids.INTERVIEW,
    ),
    "log_debrief": of(
        {
            "What Nadia said": {
                "channel": "phone",
                "went_well": "Talked through the migration to the new payroll system, step by step.",
                "struggled_with": [
                    {"question": "How do you lead through a pay dispute?", "why": "Had no example at hand."}
                ],
                "interviewer_reactions": "Nodded a lot at the migration; asked about notice twice.",
                "learned": "The team reports to the finance director from July.",
                "company_fit": {"fit": 4, "growth": 4, "culture": 5, "values": 4, "happy": 5},
                "interest": 5,
                "concerns": "Two days a week at the plant.",
                "commitments": [
                    {"owed_by": "candidate", "description": "Names of two referees", "due_on": "2026-11-23"}
                ],
            }
        },
        interview_id=fixture_ids.INTERVIEW,
    ),
    "log_interaction": of(
        {
            "The candidate rang": {
                "from_party": "candidate",
                "to_party": "recruiter",
                "channel": "phone",
                "purpose": "question",
                "two_way": True,
                "summary": "Wanted to know whether the second round is in person.",
            },
            "You wrote to the client": {
                "from_party": "recruiter",
                "to_party": "client",
                "channel": "email",
                "purpose": "question",
                "client_contact_id": fixture_ids.CLIENT_CONTACT,
                "summary": "Asked whether the finance director is free next week.",
            },
        },
        application_id=fixture_ids.APPLICATION,
    ),
    "state_timeline": of(
        {
            "They will decide by Friday": {
                "stated_by": "client",
                "decision_by": "2026-11-27",
                "contact_from": "2026-11-30",
                "next_step": "References, then an offer.",
                "confidence": "high",
            }
        },
        job_id=fixture_ids.JOB,
    ),
    "get_timeline": of(job_id=fixture_ids.SLIPPED_JOB),
    "make_commitment": of(
        {
            "Nadia's referees": {
                "owed_by": "candidate",
                "description": "Phone numbers of two referees",
                "due_on": "2026-11-24",
            }
        },
        application_id=fixture_ids.APPLICATION,
    ),
    "change_commitment": of(
        {"It needs longer": {"due_on": "2026-11-26"}},
        commitment_id=fixture_ids.COMMITMENT,
    ),
    "waive_follow_up": of(
        {"None is needed": {"reason": "The hiring manager sat in with us and we spoke at the door."}},
        interview_id=fixture_ids.INTERVIEW,
    ),
    "list_interactions": of(application_id=fixture_ids.APPLICATION),
    "list_commitments": of(application_id=fixture_ids.APPLICATION),
    "list_revisions": of(job_id=fixture_ids.SLIPPED_JOB),
    "get_interaction": of(interaction_id=fixture_ids.INTERACTION),
    "void_interaction": of(_VOIDED, interaction_id=fixture_ids.MISTOLD_INTERACTION),
    "put_interaction": by_ref(
        "interaction-9001",
        {
            "An email that the CRM saw": {
                "application_id": fixture_ids.APPLICATION,
                "from_party": "client",
                "to_party": "recruiter",
                "channel": "email",
                "purpose": "information",
                "occurred_at": "2026-11-13T16:40:00+11:00",
                "client_contact_id": fixture_ids.CLIENT_CONTACT,
                "summary": "The panel meets on Wednesday.",
            }
        },
    ),
    "get_interaction_by_ref": by_ref("interaction-1"),
    "get_commitment": of(commitment_id=fixture_ids.COMMITMENT),
    "void_commitment": of(_VOIDED, commitment_id=fixture_ids.MISTOLD_COMMITMENT),
    "put_commitment": by_ref(
        "commitment-9001",
        {
            "A task in the CRM": {
                "application_id": fixture_ids.APPLICATION,
                "owed_by": "client",
                "description": "Salary band of the role in writing",
                "made_at": "2026-11-13T16:40:00+11:00",
                "due_on": "2026-11-25",
            }
        },
    ),
    "get_commitment_by_ref": by_ref("commitment-1"),
    "get_revision": of(revision_id=fixture_ids.TIMELINE_REVISION),
    "void_revision": of(
        {"Recorded by mistake": {"reason": "The candidate had misheard the date."}},
        revision_id=fixture_ids.MISTOLD_TIMELINE_REVISION,
    ),
    "put_revision": by_ref(
        "timeline-revision-9001",
        {
            "A date from the CRM": {
                "job_id": fixture_ids.JOB,
                "stated_at": "2026-11-13T16:40:00+11:00",
                "stated_by": "client",
                "decision_by": "2026-11-27",
            }
        },
    ),
    "get_revision_by_ref": by_ref("timeline-revision-1"),
    "ask_for_check": of(
        {
            "A reference": {"kind": "reference", "label": "A. K."},
            "A medical, booked": {
                "kind": "medical",
                "booked_for": "2036-11-19T09:30:00+11:00",
                "result_by": "2036-11-26",
            },
        },
        application_id=fixture_ids.MOVABLE_APPLICATION,
    ),
    "list_checks": of(application_id=fixture_ids.MOVABLE_APPLICATION),
    "get_check": of(check_id=fixture_ids.CHECK),
    "change_check": of(
        {
            "The appointment": {"booked_for": "2036-11-19T09:30:00+11:00"},
            "It is not concluded yet": {"done_at": None, "result_by": "2036-11-26"},
        },
        check_id=fixture_ids.CHECK,
    ),
    "void_check": of({"Recorded twice": {"reason": "The same referee twice."}}, check_id=fixture_ids.MISTOLD_CHECK),
    "put_check": by_ref(
        "check-9001",
        {
            "A task in the CRM": {
                "application_id": fixture_ids.MOVABLE_APPLICATION,
                "kind": "licence",
                "label": "High-risk work licence",
                "asked_at": "2026-11-13T16:40:00+11:00",
            }
        },
    ),
    "get_check_by_ref": by_ref("check-1"),
    "record_milestone": of(
        {
            "The first day": {"kind": "start_agreed", "on": "2036-12-08"},
            "The candidate resigned": {"kind": "resigned", "note": "Four weeks' notice."},
        },
        application_id=fixture_ids.ACCEPTED_APPLICATION,
    ),
    "list_milestones": of(application_id=fixture_ids.ACCEPTED_APPLICATION),
    "get_milestone": of(milestone_id=fixture_ids.MILESTONE),
    "void_milestone": of(
        {"Recorded wrongly": {"reason": "There is a job to resign from."}}, milestone_id=fixture_ids.MISTOLD_MILESTONE
    ),
    "put_milestone": by_ref(
        "milestone-9001",
        {
            "A start date in the CRM": {
                "application_id": fixture_ids.ACCEPTED_APPLICATION,
                "kind": "start_agreed",
                "at": "2026-11-13T16:40:00+11:00",
                "on": "2036-12-08",
            }
        },
    ),
    "get_milestone_by_ref": by_ref("milestone-1"),
    "mark_keep_warm": of(
        {
            "For a year": {"note": "A close second; would suit the next payroll role."},
            "Marked in the CRM before, until a day": {
                "at": "2026-11-13T09:00:00+11:00",
                "until": "2027-05-14",
                "note": "Would like to hear from us in the new year.",
            },
        },
        application_id=fixture_ids.ENDED_APPLICATION,
    ),
    "list_keep_warm_marks": of(application_id=fixture_ids.ENDED_APPLICATION),
    "get_keep_warm_mark": of(keep_warm_mark_id=fixture_ids.KEEP_WARM_MARK),
    "change_keep_warm_mark": of(
        {
            "Another note": {"note": "Met him at a meet-up: still at the bank, still curious."},
            "No note": {"note": None},
        },
        keep_warm_mark_id=fixture_ids.KEEP_WARM_MARK,
    ),
    "void_keep_warm_mark": of(
        {"Marked by mistake": {"reason": "He was placed in another role."}},
        keep_warm_mark_id=fixture_ids.MISTOLD_KEEP_WARM_MARK,
    ),
    "put_keep_warm_mark": by_ref(
        "keep-warm-mark-9001",
        {"A talent pool of the CRM": {"application_id": fixture_ids.ENDED_APPLICATION, "note": "Silver medallists"}},
    ),
    "get_keep_warm_mark_by_ref": by_ref("keep-warm-mark-1"),
    "check_thank_you": of(
        {
            "A good one": {
                "interview_id": fixture_ids.INTERVIEW,
                "text": "Dear Rosalind,\n\nThank you for your time on Friday. The story of your two award mergers at "
                "Bellbird stayed with me, and I am keen to help finish the second one. If you need anything else from "
                "me, please let me know.\n\nKind regards\nNadia",
            },
            "One to put right": {
                "interview_id": fixture_ids.INTERVIEW,
                "text": "Hi Rosalind, I forgot to mention that I know your payroll system. Sorry, I was nervous. "
                "When will you decide?",
            },
        }
    ),
    "get_waiver": of(waiver_id=fixture_ids.WAIVER),
    "void_waiver": of({"It is needed after all": {"reason": "They expect our call."}}, waiver_id=fixture_ids.WAIVER),
}
