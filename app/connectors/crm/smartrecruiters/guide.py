"""The guide to connecting SmartRecruiters.

Sources: Credential Manager, "New Credential", "API Key", X-SmartToken [V, developers.smartrecruiters.com, API Key];
Settings > Administration > Apps & Integrations > Credentials, system role and access group [T, set-up page of
StackOne]; subscriptions, activation with its handshake, secret keys [V, developers.smartrecruiters.com, Activating
webhook subscriptions, Generate a secret key]; webhooks_manage for OAuth [V].
"""

from app.connectors.guide import HOOK_URL, Entry, Guide

_API = "https://api.smartrecruiters.com/webhooks-api/v201907/subscriptions"
_EVENTS = (
    "application.created",
    "application.status.updated",
    "candidate.created",
    "candidate.updated",
    "candidate.deleted",
    "interview.created",
    "interview.updated",
    "interview.canceled",
    "job.created",
    "job.updated",
    "job.status.updated",
)
_NAMED = ", ".join(f'"{event}"' for event in _EVENTS)
GUIDE = Guide(
    credentials={
        "api_key": Entry("An API Key of SmartRecruiters. Every event is looked up with it.", required=True),
    },
    scopes=("The API Key's system role and access group must cover all jobs and candidates to be read.",),
    steps=(
        "In SmartRecruiters, as an administrator, open Settings > Administration > Apps & Integrations > Credentials. "
        "Press New Credential and choose API Key. Enter the key as `credentials.api_key`.",
        f'POST {_API} with header X-SmartToken: <the key> and body {{"callbackUrl": "{HOOK_URL}", "events": '
        f"[{_NAMED}]}}. The answer holds the subscription's id.",
        f"POST {_API}/<subscription id>/secret-key. Paste the key of the answer as `secret` with "
        "POST /v1/connections/{id}/signing-secrets.",
        f"PUT {_API}/<subscription id>/activation. SmartRecruiters sends a handshake, which Keepwarm answers.",
    ),
    test_delivery="SmartRecruiters sends a handshake at activation. It is answered with its X-Hook-Secret, even before "
    "the secret is known, and nothing is kept.",
    reads={
        "candidates": "webhook",
        "jobs": "webhook",
        "applications": "webhook",
        "interviews": "webhook",
    },
    limits=(
        "Notes, calls and e-mails are not read.",
        "Offers are read only as statuses of the application.",
        "Findings are written as open notes on the candidate's profile; SmartRecruiters has no tasks.",
        "After a new secret key SmartRecruiters keeps the previous one valid for 24 hours.",
        "A backfill brings candidates and jobs, not interviews.",
    ),
)
