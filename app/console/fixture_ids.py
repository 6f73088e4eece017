"""Ids that the examples of the console and of the README use, and that the demo gives to its records.

An id is 01980000-0000-7KKK-8000-00000000000N, K for the kind and N for the number. Each constant says in what state its
record is when the demo has just been loaded; `tests/demo` checks all of them. “To void” names the operation whose
example uses the record. Records also have an external reference in the agency's own CRM: interview 1 is `deskbook` /
`interview-1`. This module is data: the service runs without the demo.
"""

from uuid import UUID

from app.access.api_keys import ApiKey

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
    "inbound_event",
    "backfill",
    "sync_run",
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
    """Return the id of a demo record by its kind and number. It has the form of a UUIDv7 and sorts before every real
    id.
    """
    return UUID(f"01980000-0000-7{KINDS.index(kind) + 1:03x}-8000-{number:012d}")


CRM = "deskbook"
"""The system in the external references of all demo records: the agency's own CRM."""

# --- Agency and keys ---

AGENCY: UUID = demo_id("agency", 1)
AGENCY_NAME = "Harbour & Hale Recruitment"
RECRUITER = demo_id("recruiter", 1)
"""A recruiter: Imogen Hale. The demo's key and most applications are hers."""
COLLEAGUE = demo_id("recruiter", 2)
"""A recruiter: Tomasz Brandt."""
JUNIOR = demo_id("recruiter", 3)
"""A recruiter: Priya Sundaram."""
LEAVER = demo_id("recruiter", 4)
"""A recruiter: inactive, without applications."""

_KEY = ApiKey(AGENCY, demo_id("api_key", 1), "PublicDemoKeyOfHarbourAndHale000")
API_KEY = _KEY.id
DEMO_KEY = _KEY.token
"""An admin key bound to RECRUITER. It is public and opens only the demo's data."""
DEMO_KEY_HASH = _KEY.secret_hash
SPARE_KEY = demo_id("api_key", 2)
"""An API key with the role viewer that nobody uses: to rotate."""
LEAVERS_KEY = demo_id("api_key", 3)
"""An API key with the role recruiter, not yet revoked: to revoke."""

IMPORT = demo_id("spreadsheet_import", 1)
"""A spreadsheet import: a dry run of three candidates, two of them with errors."""

# --- Connections and endpoints; only in a service with a secret key ---

CONNECTION = demo_id("connection", 1)
"""A connection: “Our Zapier”, a connection of the generic system with maps."""
HOOK_SECRET = "whsec_UHVibGljRGVtb1NlY3JldE9mSGFyYm91ckFuZEhhbGU="  # noqa: S105  public
"""The signing secret of CONNECTION. It is public, as DEMO_KEY is."""
SECRET = demo_id("connection_secret", 1)
"""The id of the signing secret HOOK_SECRET: to end."""
APPLIED_EVENT = demo_id("inbound_event", 1)
"""An inbound event of CONNECTION that brought a candidate. Its state is `applied`."""
UNMAPPED_EVENT = demo_id("inbound_event", 2)
"""An inbound event of CONNECTION, ignored because it is a note whose type has no entry in the activity map."""
UNKNOWN_TYPE = "note: Coffee at the careers fair"
"""The type of the note in UNMAPPED_EVENT. The activity map of CONNECTION has no entry for this type."""
CRM_CONNECTION = demo_id("connection", 2)
"""A connection to JobAdder, on trial: paused and without credentials, so that it makes no requests."""
PARKED_EVENT = demo_id("inbound_event", 3)
"""An inbound event of CRM_CONNECTION whose record could not be fetched. It is parked: to replay."""
BACKFILL = demo_id("backfill", 1)
"""The first backfill of CRM_CONNECTION, finished."""
STAGE_MOVE = demo_id("stage_move", 1)
"""A proposed stage move of OFFERED_APPLICATION in CRM_CONNECTION: to approve, to decline."""

ENDPOINT = demo_id("webhook_endpoint", 1)
"""A webhook endpoint of a dashboard. It received events and is now paused, so that nothing is sent."""
ENDPOINT_SECRET = demo_id("webhook_secret", 1)
"""The older of the two active signing secrets of ENDPOINT: to end."""
DELIVERY = demo_id("delivery", 1)
"""A delivery of a test event to ENDPOINT that succeeded at the second attempt: to replay."""
GONE_ENDPOINT = demo_id("webhook_endpoint", 2)
"""A webhook endpoint that answered 410 (Gone). It is disabled, with waiting deliveries."""

# --- Organisations, jobs, candidates ---

ORGANISATION = demo_id("organisation", 1)
"""An organisation: Bellbird Energy in Sydney; no policy of its own."""
STRICT_ORGANISATION = demo_id("organisation", 3)
"""An organisation: Kestrel Ridge Mining in Perth, with overrides of the policy and with calendar exceptions."""
CLIENT_CONTACT = demo_id("client_contact", 1)
"""A client contact: the hiring manager of JOB, at ORGANISATION."""
INTERVIEWER = demo_id("client_contact", 2)
"""A client contact: another person at ORGANISATION."""
JOB = demo_id("job", 1)
"""A job: Payroll Manager at ORGANISATION: the job of APPLICATION."""
SLIPPED_JOB = demo_id("job", 14)
"""A job: Claims Team Leader in London: its decision has slipped twice."""
CANDIDATE = demo_id("candidate", 1)
"""A candidate: Nadia Brightwater, with APPLICATION and SECOND_APPLICATION in progress."""
RETIRED_CANDIDATE = demo_id("candidate", 44)
"""A candidate without applications: to erase."""
ERASED_CANDIDATE = demo_id("candidate", 45)
"""A candidate: erased four weeks ago."""
AWAY_CANDIDATE = demo_id("candidate", 28)
"""A candidate: away until the day after tomorrow, in working days."""

# --- The first application: its interview was two working days ago, without a follow-up ---

APPLICATION = demo_id("application", 1)
"""An application with the effective stage `interviewed`; a follow-up and a debrief are owed. Legal moves:
awaiting_decision, offer, …"""
INTERVIEW = demo_id("interview", 1)
"""An interview: held, without follow-up, waiver or debrief: to follow up, to debrief, to waive."""
INTERACTION = demo_id("interaction", 1)
"""An interaction: a preparation call with the candidate before the interview."""
MISTOLD_INTERACTION = demo_id("interaction", 2)
"""An interaction: logged on the wrong application, not voided: to void."""
COMMITMENT = demo_id("commitment", 1)
"""A commitment: the recruiter's promise on APPLICATION, open and due in two working days."""
MISTOLD_COMMITMENT = demo_id("commitment", 2)
"""A commitment recorded by mistake on APPLICATION, open and not voided: to void."""
TIMELINE_REVISION = demo_id("timeline_revision", 1)
"""The current timeline revision of JOB: a decision in six working days."""
MISTOLD_TIMELINE_REVISION = demo_id("timeline_revision", 2)
"""An earlier timeline revision of JOB, stated to the candidate only, not voided: to void."""

# --- Others ---

MOVABLE_APPLICATION = demo_id("application", 2)
"""An application in reference_check with both references in: `offer` and `awaiting_decision` are legal."""
TRANSITION = demo_id("transition", 1)
"""The latest transition of MOVABLE_APPLICATION, not voided: to void."""
CHECK = demo_id("check", 1)
"""A check: a reference on MOVABLE_APPLICATION, done and not voided: to correct."""
MISTOLD_CHECK = demo_id("check", 2)
"""A check: the reference of CHECK recorded a second time, cancelled and not voided: to void."""
MILESTONE = demo_id("milestone", 1)
"""A milestone: the written offer on ACCEPTED_APPLICATION."""
MISTOLD_MILESTONE = demo_id("milestone", 2)
"""A milestone: `nothing_to_resign` on ACCEPTED_APPLICATION, although the candidate had a job: to void."""
COACHED_APPLICATION = demo_id("application", 3)
"""An application: the candidate wrote to the hiring manager on LinkedIn and then asked too early. Both flags are
open."""
FLAG = demo_id("flag", 1)
"""A flag: off_channel_contact on COACHED_APPLICATION, warning, open: to acknowledge."""
HASTY_FLAG = demo_id("flag", 2)
"""A flag: premature_contact on COACHED_APPLICATION, warning, open: to dismiss or to snooze."""
HANDLED_FLAG = demo_id("flag", 3)
"""A flag: off_channel_contact on another application, acknowledged: to reopen."""
WAIVED_APPLICATION = demo_id("application", 4)
"""An application: its interview's follow-up was waived."""
WAIVER = demo_id("waiver", 1)
"""The waiver on WAIVED_APPLICATION, not voided: to void."""
ENDED_APPLICATION = demo_id("application", 5)
"""An application that was withdrawn: any active stage is legal with `reopen: true` and a reason. Without a keep-warm
mark: to mark."""
KEEP_WARM_MARK = demo_id("keep_warm_mark", 1)
"""A keep-warm mark on a rejected application: the candidate would suit another job of that client."""
MISTOLD_KEEP_WARM_MARK = demo_id("keep_warm_mark", 2)
"""A keep-warm mark on another ended application, made by mistake and not voided: to void."""
KEEP_WARM_MATCH = demo_id("keep_warm_mark", 3)
"""A keep-warm mark on an application rejected seven weeks ago, for a job like JOB at another client."""
LEFT_WAITING_APPLICATION = demo_id("application", 54)
"""An application: awaiting a decision on a job that is filled; the candidate's question is unanswered."""
SECOND_APPLICATION = demo_id("application", 6)
"""An application: CANDIDATE on another job, awaiting its decision."""
ACCEPTED_APPLICATION = demo_id("application", 40)
"""An accepted application: a written offer, a resignation and an agreed first day."""
OFFERED_APPLICATION = demo_id("application", 39)
"""An application: moved to `offer` yesterday. No example moves it."""
UPCOMING_INTERVIEW = demo_id("interview", 7)
"""An interview: booked for the next working day: to move, to cancel."""
