"""Examples of “CRM connections”: maps with the statuses of a real pipeline, a dry run, and moves to decide on.

No example has credentials, so that sending one makes no request to a CRM.
"""

from app.console import fixture_ids
from app.console.examples.example import of

_FOLLOW_UP = {
    "channel": "phone",
    "purpose": "interview_follow_up",
    "from_party": "recruiter",
    "to_party": "client",
    "two_way": True,
}

EXAMPLES = {
    "list_connectors": of(),
    "connect": of(
        {
            "JobAdder": {
                "system": "jobadder",
                "name": "JobAdder",
                "default_recruiter_id": fixture_ids.RECRUITER,
                "stage_map": {
                    "Application received": "ignore",
                    "Shortlisted": "ignore",
                    "Interview booked": "interview_scheduled",
                    "Interviewed": "interviewed",
                    "Reference checks": "reference_check",
                    "Offer extended": "offer",
                    "Unsuccessful": "rejected",
                    "Withdrawn": "withdrawn",
                },
                "activity_map": {
                    "note: Client follow-up": _FOLLOW_UP,
                    "note: Candidate debrief": _FOLLOW_UP | {"purpose": "debrief", "to_party": "candidate"},
                    "note: Left voicemail": {"channel": "voicemail", "two_way": False},
                    "note": "ignore",
                },
                "write_back": {"flags": True, "least_severity": "warning"},
            },
            "Recruit CRM": {
                "system": "recruitcrm",
                "name": "Recruit CRM",
                "settings": {"interview_meeting_types": "Client interview, Second interview"},
                "stage_map": {
                    "Applied": "ignore",
                    "Interview scheduled": "interview_scheduled",
                    "Awaiting feedback": "awaiting_decision",
                    "Offered": "offer",
                    "Rejected by client": "rejected",
                },
                "activity_map": {"note: Candidate call": {"channel": "phone", "to_party": "candidate"}},
            },
            "n8n, Make or your own": {"system": "standard", "name": "Our n8n", "ref_system": "n8n"},
        }
    ),
    "list_connections": of(limit=20),
    "get_connection": of(connection_id=fixture_ids.CONNECTION),
    "get_connection_health": of(connection_id=fixture_ids.CONNECTION),
    "change_connection": of(
        {
            "It learns two words": {
                "stage_map": {"Trial shift": "interview_scheduled"},
                "activity_map": {fixture_ids.UNKNOWN_TYPE: "ignore"},
            },
            "Another name": {"name": "Zapier of the Sydney desk"},
            "A pause": {"paused": True},
        },
        connection_id=fixture_ids.CONNECTION,
    ),
    "try_connection": of(
        {
            "An interview was held, and who and what it was about": {
                "type": "interview.updated",
                "timestamp": "2026-11-13T16:40:00+11:00",
                "data": {
                    "id": "interview-771",
                    "starts_at": "2026-11-13T14:00:00+11:00",
                    "ends_at": "2026-11-13T15:00:00+11:00",
                    "booked_at": "2026-11-10T09:30:00+11:00",
                    "kind": "video",
                    "status": "completed",
                    "application": {
                        "id": "application-302",
                        "status": {"value": "Interviewed", "at": "2026-11-13T15:00:00+11:00"},
                        "candidate": {
                            "id": "form-4417",
                            "name": "Saskia Lindqvist",
                            "email": "saskia.lindqvist@post.example",
                        },
                        "job": {
                            "id": "job-58",
                            "title": "Network Planner",
                            "organisation": {"id": "client-9", "name": "Corella Telecom"},
                        },
                    },
                },
            },
            "A status that no map knows": {
                "type": "application.updated",
                "timestamp": "2026-11-13T16:40:00+11:00",
                "data": {
                    "id": "application-303",
                    "status": "Trial shift",
                    "candidate_id": "form-4417",
                    "job_id": "job-58",
                },
            },
        },
        connection_id=fixture_ids.CONNECTION,
    ),
    "list_connection_events": of(connection_id=fixture_ids.CONNECTION, limit=20),
    "get_connection_event": of(connection_id=fixture_ids.CONNECTION, event_id=fixture_ids.UNMAPPED_EVENT),
    "replay_connection_event": of(connection_id=fixture_ids.CRM_CONNECTION, event_id=fixture_ids.PARKED_EVENT),
    "replay_connection_events": of(
        {
            "Everything that failed": {"states": ["parked"]},
            "What was left out in a week": {
                "states": ["ignored"],
                "since": "2026-11-09T00:00:00+11:00",
                "until": "2026-11-16T00:00:00+11:00",
            },
        },
        connection_id=fixture_ids.CRM_CONNECTION,
    ),
    "start_backfill": of(
        {"The last three months": {"since": "2026-08-17T00:00:00+10:00"}}, connection_id=fixture_ids.CRM_CONNECTION
    ),
    "list_backfills": of(connection_id=fixture_ids.CRM_CONNECTION, limit=20),
    "get_backfill": of(connection_id=fixture_ids.CRM_CONNECTION, backfill_id=fixture_ids.BACKFILL),
    "list_stage_moves": of(state="proposed", limit=20),
    "get_stage_move": of(move_id=fixture_ids.STAGE_MOVE),
    "approve_stage_move": of(move_id=fixture_ids.STAGE_MOVE),
    "decline_stage_move": of(move_id=fixture_ids.STAGE_MOVE),
    "list_written": of(connection_id=fixture_ids.CRM_CONNECTION, limit=20),
    "add_signing_secret": of(
        {
            "Keepwarm makes one": {"overlap_hours": 24},
            "One that the sender made": {
                "secret": "whsec_TmV3U2VjcmV0T2ZUaGVTZW5kZXJGb3JLZWVwd2FybSE=",
                "overlap_hours": 1,
            },
        },
        connection_id=fixture_ids.CONNECTION,
    ),
    "end_signing_secret": of(connection_id=fixture_ids.CONNECTION, secret_id=fixture_ids.SECRET),
    "disconnect": of(connection_id=fixture_ids.CONNECTION),
}
