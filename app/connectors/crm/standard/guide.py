"""The guide to connecting a sender for whose CRM there is no connector.

Source: the Standard Webhooks specification 1.0.0 [V]; the shapes of `data` are those of the connector book.
"""

from app.connectors.guide import HOOK_URL, SECRET, Guide

GUIDE = Guide(
    steps=(
        f"Send a POST with a JSON body to {HOOK_URL}",
        'Body: {"type": "interview.updated", "timestamp": "<when it happened>", "data": {…}}. The types and their '
        "fields are in the connector book, app/connectors/README.md.",
        f"Sign each request after Standard Webhooks with the secret {SECRET}, which is shown once.",
        "Headers: webhook-id (the same for every retry), webhook-timestamp (Unix seconds) and webhook-signature "
        "(v1,<base64 of HMAC-SHA256 over id.timestamp.body>).",
        "A sender with a secret or public key of its own (whsec_… or whpk_…): paste it as `secret` with "
        "POST /v1/connections/{id}/signing-secrets.",
        "Try a body first with POST /v1/connections/{id}/dry-run: it shows the result and changes nothing.",
    ),
    test_delivery="POST /v1/connections/{id}/dry-run takes any body, signed or not, and shows what it would do.",
    reads={
        "organisations": "webhook",
        "client_contacts": "webhook",
        "candidates": "webhook",
        "jobs": "webhook",
        "applications": "webhook",
        "interviews": "webhook",
        "notes": "webhook",
        "calls": "webhook",
        "emails": "webhook",
        "milestones": "webhook",
        "checks": "webhook",
    },
    limits=(
        "The sender has no API that Keepwarm could ask: nothing is polled, backfilled or written back.",
        "Offers are read only as statuses of the application and as milestones.",
        "A request whose timestamp differs by more than five minutes is refused.",
    ),
)
