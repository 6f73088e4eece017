"""Ids that the examples of the console and of the README use, and that the demo gives to its records.

An id is 01980000-0000-7KKK-8000-00000000000N, K for the kind and N for the number. Each constant says in what state its
record is when the demo has just been loaded; `tests/demo` checks all of them. Records carry a reference of the agency's
own CRM too: interview 1 is `deskbook` / `interview-1`. This file is data: the service runs without the demo.
"""

from uuid import UUID

from app.access.keys import ApiKey

KINDS = (
    "agency",
    "recruiter",
    "api_key",
    "organisation",
    "client_contact",
    "job",
    "candidate",
    "application",
    "interview",
    "interaction",
    "timeline_revision",
    "commitment",
    "transition",
    "waiver",
    "flag",
    "action",
    "event",
    "policy_change",
    "reassessment",
    "spreadsheet_import",
    "connection",
    "connection_secret",
    "arrival",
    "backfill",
    "walk",
    "stage_move",
    "delivery",
    "webhook_endpoint",
    "webhook_secret",
    "attempt",
    "check",
    "milestone",
    "keep_warm_mark",
)


def demo_id(kind: str, number: int) -> UUID:
    """Return the id of a record of the demo. It has the form of a UUIDv7 and sorts before every real one."""
    return UUID(f"01980000-0000-7{KINDS.index(kind) + 1:03x}-8000-{number:012d}")


CRM = "deskbook"
"""The system of every external reference."""

# --- Agency and keys ---

AGENCY: UUID = demo_id("agency", 1)
AGENCY_NAME = "Harbour & Hale Recruitment"
RECRUITER = demo_id("recruiter", 1)
"""Imogen Hale. The demo's key is hers, and most applications are."""
COLLEAGUE = demo_id("recruiter", 2)
"""Tomasz Brandt."""
JUNIOR = demo_id("recruiter", 3)
"""Priya Sundaram."""
LEAVER = demo_id("recruiter", 4)
"""Has left: inactive, without applications."""

_KEY = ApiKey(AGENCY, demo_id("api_key", 1), "PublicDemoKeyOfHarbourAndHale000")
API_KEY = _KEY.id
DEMO_KEY = _KEY.token
"""An admin key bound to RECRUITER. It is public by design and opens nothing but the demo's data."""
DEMO_KEY_HASH = _KEY.secret_hash
SPARE_KEY = demo_id("api_key", 2)
"""A viewer's key that nobody needs: to rotate."""
LEAVERS_KEY = demo_id("api_key", 3)
"""A recruiter's key, not yet revoked: to revoke."""

IMPORT = demo_id("spreadsheet_import", 1)
"""A dry run of three candidates, two of whom were refused."""

# --- Connected systems and receivers; there are none where the service has no secret to seal theirs with ---

CONNECTION = demo_id("connection", 1)
"""Our Zapier: the generic endpoint, with maps."""
HOOK_SECRET = "whsec_UHVibGljRGVtb1NlY3JldE9mSGFyYm91ckFuZEhhbGU="  # noqa: S105  known to everybody
"""What Our Zapier signs with. It is public by design, as DEMO_KEY is."""
SECRET = demo_id("connection_secret", 1)
"""HOOK_SECRET, among CONNECTION's signing secrets: to end."""
APPLIED_EVENT = demo_id("arrival", 1)
"""Told by CONNECTION: a candidate, who is kept."""
UNMAPPED_EVENT = demo_id("arrival", 2)
"""Told by CONNECTION: a note of a type that its activity map does not know, so it was ignored."""
UNKNOWN_TYPE = "note: Coffee at the careers fair"
"""That type."""
CRM_CONNECTION = demo_id("connection", 2)
"""JobAdder, on trial: without credentials and paused, so that it asks nobody for anything."""
PARKED_EVENT = demo_id("arrival", 3)
"""Told by CRM_CONNECTION: a hint that could not be followed, parked: to replay."""
BACKFILL = demo_id("backfill", 1)
"""The first one of CRM_CONNECTION, finished."""
STAGE_MOVE = demo_id("stage_move", 1)
"""Proposed for CRM_CONNECTION: OFFERED_APPLICATION to its word for an offer. To approve, to decline."""

ENDPOINT = demo_id("webhook_endpoint", 1)
"""The desk's dashboard: it was told of a few days' events and is now paused, so that nothing leaves this machine."""
ENDPOINT_SECRET = demo_id("webhook_secret", 1)
"""The older of ENDPOINT's two secrets, which still signs: to end."""
DELIVERY = demo_id("delivery", 1)
"""A test event for ENDPOINT, delivered at the second attempt: to replay."""
GONE_ENDPOINT = demo_id("webhook_endpoint", 2)
"""A script that answered 410: disabled, with events that wait."""

# --- Organisations, jobs, candidates ---

ORGANISATION = demo_id("organisation", 1)
"""Bellbird Energy in Sydney; no policy of its own."""
STRICT_ORGANISATION = demo_id("organisation", 3)
"""Kestrel Ridge Mining in Perth, with overrides of the policy and with calendar exceptions."""
CLIENT_CONTACT = demo_id("client_contact", 1)
"""The hiring manager of JOB, at ORGANISATION."""
INTERVIEWER = demo_id("client_contact", 2)
"""Another person at ORGANISATION."""
JOB = demo_id("job", 1)
"""Payroll Manager at ORGANISATION: the job of APPLICATION."""
SLIPPED_JOB = demo_id("job", 14)
"""Claims Team Leader in London: its decision has slipped twice."""
CANDIDATE = demo_id("candidate", 1)
"""Nadia Brightwater: on APPLICATION and SECOND_APPLICATION, neither ended."""
RETIRED_CANDIDATE = demo_id("candidate", 44)
"""Is on no application and wishes to be forgotten: to erase."""
ERASED_CANDIDATE = demo_id("candidate", 45)
"""Was erased four weeks ago."""
AWAY_CANDIDATE = demo_id("candidate", 28)
"""Is away until the day after tomorrow, in working days."""

# --- The first application: its interview was held the day before yesterday and nobody has followed it up ---

APPLICATION = demo_id("application", 1)
"""Effective stage `interviewed`; a follow-up and a debrief are owed. Legal moves: awaiting_decision, offer, …"""
INTERVIEW = demo_id("interview", 1)
"""Held, without follow-up, waiver or debrief: to follow up, to debrief, to waive."""
INTERACTION = demo_id("interaction", 1)
"""A preparing call with the candidate before the interview."""
MISTOLD_INTERACTION = demo_id("interaction", 2)
"""On the same application, logged on the wrong file and not yet voided: to void."""
COMMITMENT = demo_id("commitment", 1)
"""The recruiter's promise on the same application, open and due in two working days."""
MISTOLD_COMMITMENT = demo_id("commitment", 2)
"""On the same application, open and not voided: to void."""
TIMELINE_REVISION = demo_id("timeline_revision", 1)
"""The current one of JOB: a decision in six working days."""
MISTOLD_TIMELINE_REVISION = demo_id("timeline_revision", 2)
"""An earlier one of JOB that only the candidate had heard, not voided: to void."""

# --- Others that wait for something ---

MOVABLE_APPLICATION = demo_id("application", 2)
"""In reference_check, both references in: `offer` is legal, so is `awaiting_decision`."""
TRANSITION = demo_id("transition", 1)
"""The latest move of MOVABLE_APPLICATION, not voided: to void."""
CHECK = demo_id("check", 1)
"""A reference on MOVABLE_APPLICATION, done and not voided: to correct."""
MISTOLD_CHECK = demo_id("check", 2)
"""The same reference recorded a second time, cancelled and not yet voided: to void."""
MILESTONE = demo_id("milestone", 1)
"""The written offer on ACCEPTED_APPLICATION."""
MISTOLD_MILESTONE = demo_id("milestone", 2)
"""`nothing_to_resign` on the same application, where the candidate had a job to leave; not voided: to void."""
COACHED_APPLICATION = demo_id("application", 3)
"""The candidate wrote to the hiring manager on LinkedIn and then asked too early; nobody has handled either flag."""
FLAG = demo_id("flag", 1)
"""off_channel_contact on COACHED_APPLICATION, warning, open: to acknowledge."""
HASTY_FLAG = demo_id("flag", 2)
"""premature_contact on COACHED_APPLICATION, warning, open: to dismiss or to snooze."""
HANDLED_FLAG = demo_id("flag", 3)
"""off_channel_contact on another application, acknowledged: to reopen."""
WAIVED_APPLICATION = demo_id("application", 4)
"""Its interview's follow-up was waived."""
WAIVER = demo_id("waiver", 1)
"""The waiver on WAIVED_APPLICATION, not voided: to void."""
ENDED_APPLICATION = demo_id("application", 5)
"""Withdrawn: any active stage is legal with `reopen: true` and a reason. Without a keep-warm mark: to mark."""
KEEP_WARM_MARK = demo_id("keep_warm_mark", 1)
"""On an application that was rejected: the candidate would suit another job of that client. It stands."""
MISTOLD_KEEP_WARM_MARK = demo_id("keep_warm_mark", 2)
"""On another ended application, made by mistake and not yet voided: to void."""
KEEP_WARM_MATCH = demo_id("keep_warm_mark", 3)
"""On an application rejected seven weeks ago: the candidate came close for a job like JOB at another client."""
LEFT_WAITING_APPLICATION = demo_id("application", 54)
"""Awaiting a decision on a job that is filled; the candidate has asked and was not answered."""
SECOND_APPLICATION = demo_id("application", 6)
"""CANDIDATE on another job, awaiting its decision."""
ACCEPTED_APPLICATION = demo_id("application", 40)
"""In `accepted`: the offer was made in writing, the candidate resigned, the first day was agreed."""
OFFERED_APPLICATION = demo_id("application", 39)
"""Moved to `offer` yesterday; no example moves it on."""
UPCOMING_INTERVIEW = demo_id("interview", 7)
"""Booked for the next working day: to move, to cancel."""
