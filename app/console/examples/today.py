"""Examples of “Today”: the day's work, why something is flagged, and what to do with a flag."""

from app.console.examples.example import of
from app.demo import known

EXAMPLES = {
    "get_worklist": of(recruiter_id=known.RECRUITER),
    "list_keep_warm": of(job_id=known.JOB, limit=20),
    "get_assessment": of(application_id=known.APPLICATION),
    "check_contact": of(
        application_id=known.APPLICATION,
        from_party="candidate",
        to_party="client",
        channel="email",
        purpose="chase",
    ),
    "get_history": of(application_id=known.APPLICATION),
    "list_flags": of(recruiter_id=known.RECRUITER),
    "get_flag": of(flag_id=known.FLAG),
    "acknowledge_flag": of(
        {"Seen": {"reason": "Talked to the candidate about LinkedIn this morning."}},
        flag_id=known.FLAG,
    ),
    "snooze_flag": of(
        {"Not before Thursday": {"until": "2036-11-20T09:00:00+11:00", "reason": "We speak on Thursday anyway."}},
        flag_id=known.HASTY_FLAG,
    ),
    "dismiss_flag": of(
        {"Wrong": {"reason": "The hiring manager had asked for that email."}},
        flag_id=known.HASTY_FLAG,
    ),
    "reopen_flag": of(flag_id=known.HANDLED_FLAG),
    "get_pipeline": of(recruiter_id=known.RECRUITER),
}
