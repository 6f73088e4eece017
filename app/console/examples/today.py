"""Examples of “Today”: the worklist, the reasons of a flag, and actions on a flag."""

from app.console import fixture_ids
from app.console.examples.example import of

EXAMPLES = {
    "get_worklist": of(recruiter_id=fixture_ids.RECRUITER),
    "list_keep_warm": of(job_id=fixture_ids.JOB, limit=20),
    "get_assessment": of(application_id=fixture_ids.APPLICATION),
    "check_contact": of(
        application_id=fixture_ids.APPLICATION,
        from_party="candidate",
        to_party="client",
        channel="email",
        purpose="chase",
    ),
    "get_history": of(application_id=fixture_ids.APPLICATION),
    "list_flags": of(recruiter_id=fixture_ids.RECRUITER),
    "get_flag": of(flag_id=fixture_ids.FLAG),
    "acknowledge_flag": of(
        {"Seen": {"reason": "Talked to the candidate about LinkedIn this morning."}},
        flag_id=fixture_ids.FLAG,
    ),
    "snooze_flag": of(
        {"Not before Thursday": {"until": "2036-11-20T09:00:00+11:00", "reason": "We speak on Thursday anyway."}},
        flag_id=fixture_ids.HASTY_FLAG,
    ),
    "dismiss_flag": of(
        {"Wrong": {"reason": "The hiring manager had asked for that email."}},
        flag_id=fixture_ids.HASTY_FLAG,
    ),
    "reopen_flag": of(flag_id=fixture_ids.HANDLED_FLAG),
    "get_pipeline": of(recruiter_id=fixture_ids.RECRUITER),
}
