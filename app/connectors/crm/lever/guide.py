"""The guide to connecting Lever.

Sources: Settings > Integrations and API > API Credentials, for Super Admins, permissions Read and Write by endpoint [V,
help.lever.co, Generating and using API credentials]; "Generate New Key" [T, set-up pages of Hatch and Nango]; the tab
Webhooks, "Add Webhook", the Webhook signing token and Generate Token [V, help.lever.co, integration with
interviewing.io; T, help.hibob.com]; Verify, HTTPS with a certificate of a CA [V, developer documentation].
"""

from app.connectors.guide import HOOK_URL, Entry, Guide

_EVENTS = (
    "Application Created, Candidate Hired, Candidate Stage Change, Candidate Archive State Change, Candidate Deleted, "
    "Contact Created, Contact Updated"
)

GUIDE = Guide(
    credentials={"api_key": Entry("An API key of Lever. Every event is looked up with it.", required=True)},
    settings={"perform_as": Entry("The Lever user id in whose name notes and moves are made.")},
    scopes=(
        "read: opportunities, contacts, postings, stages, archive reasons, users, interviews, panels, notes, offers",
        "write: notes, opportunities (only for stage moves)",
    ),
    steps=(
        "In Lever, as a Super Admin, open Settings > Integrations and API > API Credentials and press Generate New "
        "Key.",
        "Tick read access to opportunities, contacts, postings, stages, archive reasons, users, interviews, panels, "
        "notes and offers. Tick write access to notes, and to opportunities for stage moves. Enter the key as "
        "`credentials.api_key`.",
        f"Open Settings > Integrations and API > Webhooks. Press Add Webhook for each of {_EVENTS}. If your account "
        "has them, add Interview Created, Updated and Deleted too.",
        f"Webhook URL: {HOOK_URL}",
        "Under Webhook signing token press Generate Token. Paste it as `secret` with "
        "POST /v1/connections/{id}/signing-secrets.",
        "Press Verify on each webhook, then switch the webhooks on.",
        "Enter `settings.perform_as` if Keepwarm's notes shall have a Lever user as their author.",
    ),
    test_delivery="Lever's Verify sends a request without data. It is answered with 200, even before the token is "
    "known, and nothing is kept.",
    reads={
        "client_contacts": "webhook",
        "candidates": "webhook",
        "jobs": "webhook_and_poll",
        "applications": "webhook",
        "interviews": "webhook_and_poll",
        "notes": "poll",
        "milestones": "webhook_and_poll",
    },
    limits=(
        "Without `credentials.api_key` no event can be applied, because Lever does not sign what an event says.",
        "Jobs and hiring managers are read with the opportunities that name them.",
        "Secret notes stay in Lever. Calls and e-mails are not read.",
        "No event tells of an offer: offers are read with the events of their opportunity, and with opportunities that "
        "have changed. A first day counts as agreed once the offer is signed, or the candidate hired.",
        "Keepwarm never archives or hires in Lever; it moves an opportunity to another stage only.",
        "Lever has no tasks that can be written: findings are written as notes.",
    ),
)
