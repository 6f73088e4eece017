"""The guide to connecting Greenhouse.

Sources: Configure > Dev Center > Web Hooks, its fields, HTTPS only [V, support.greenhouse.io, Create a web hook];
Configure > Dev Center > API Credential Management, "Create new API credentials", "Harvest v3 (OAuth)" [V,
support.greenhouse.io, Create a Harvest API key]; Manage Scopes and the user's id in the address of its page [T, set-up
page of Nango]; the ping on saving [V, developers.greenhouse.io/webhooks.html]; scopes of Harvest v3 [T, its clients].
"""

from app.connectors.crm.greenhouse.records import ACTIONS
from app.connectors.guide import HOOK_URL, SECRET, Entry, Guide

_SCOPES = (
    "harvest:applications:list",
    "harvest:applications:move",
    "harvest:application_stages:list",
    "harvest:candidates:list",
    "harvest:close_reasons:list",
    "harvest:interviews:list",
    "harvest:jobs:list",
    "harvest:job_interview_stages:list",
    "harvest:notes:list",
    "harvest:offers:list",
    "harvest:openings:list",
    "harvest:rejection_details:list",
    "harvest:notes:create",
    "harvest:rejection_reasons:list",
    "harvest:users:list",
)

GUIDE = Guide(
    credentials={
        "client_id": Entry("The Client ID of a Harvest v3 (OAuth) credential.", required=True),
        "client_secret": Entry("Its Client Secret, which Greenhouse shows once.", required=True),
    },
    settings={
        "user_id": Entry("The id of the site admin in whose name Keepwarm reads and writes. Notes need it."),
        "note_visibility": Entry("Who sees Keepwarm's notes: `private` (default) or `admin_only`."),
        "auth_url": Entry("Where access tokens come from; for tests and proxies."),
    },
    scopes=_SCOPES,
    steps=(
        "In Greenhouse, as a user who can manage web hooks, open Configure > Dev Center > Web Hooks and press Web "
        "Hooks. Create one web hook for each event.",
        f"When: one of {', '.join(ACTIONS)}.",
        f"Endpoint URL: {HOOK_URL}",
        f"Secret Key: {SECRET}. Keepwarm shows its signing secret once. Greenhouse sends a ping on saving and creates "
        "the web hook disabled if that fails.",
        "Open Configure > Dev Center > API Credential Management, press Create new API credentials and choose API type "
        "Harvest v3 (OAuth). Enter its Client ID as `credentials.client_id` and its Client Secret as "
        "`credentials.client_secret`.",
        f"Give this credential the scopes {', '.join(_SCOPES)}.",
        "Open Configure > Users and the site admin for Keepwarm. Enter the number at the end of the page's address as "
        "`settings.user_id`.",
    ),
    test_delivery="Greenhouse sends a signed ping when a web hook is saved. It is answered with 200 and nothing is "
    "kept.",
    reads={
        "candidates": "webhook",
        "jobs": "webhook",
        "applications": "webhook",
        "interviews": "poll",
        "notes": "poll",
        "emails": "poll",
        "offers": "webhook",
        "milestones": "webhook",
    },
    limits=(
        "Interviews and notes have no web hook: they arrive by polling, some minutes late.",
        "An offer counts as written from the day it was sent to the candidate, and its start date as agreed once it is "
        "accepted. Without `harvest:offers:list` they are read from the offer events alone, and nothing is taken back.",
        "E-mails are read only where Greenhouse keeps them as notes.",
        "A stage move runs your Greenhouse transition rules, which may send automated mail.",
        "Greenhouse has no tasks: findings are written as notes.",
    ),
)
