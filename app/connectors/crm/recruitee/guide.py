"""The guide to connecting Recruitee.

Sources: Settings > Apps and Plugins > Webhooks, "+ New webhook", POST URL, HTTPS only, Test, Test payload, Verify and
create, the ability "Manage webhooks" [V, docs.recruitee.com/docs/webhooks]; a token has its user's permissions [V,
docs.recruitee.com/reference/getting-started]; Settings > Personal API tokens, "New token", the company id beside it [T,
set-up pages of Nango and Boost.space]; the secret in the webhook's dialog [T, integration guides].
"""

from app.connectors.guide import HOOK_URL, Entry, Guide

GUIDE = Guide(
    credentials={"api_token": Entry("A personal API token of Recruitee.", required=True)},
    settings={"company_id": Entry("Your company's id, shown on the page of the API tokens.", required=True)},
    steps=(
        "In Recruitee, with a hiring role that has the ability Manage webhooks, open Settings > Apps and Plugins > "
        "Webhooks and press New webhook.",
        f"POST URL: {HOOK_URL}",
        "Select the events candidate created, candidate assigned, move on pipeline (candidate moved), candidate "
        "deleted, and all events of jobs.",
        "Press Test, then Verify and create.",
        "Copy the webhook's secret from its dialog. Paste it as `secret` with "
        "POST /v1/connections/{id}/signing-secrets.",
        "Open Settings > Apps and Plugins > Personal API tokens and press New token. Enter the token as "
        "`credentials.api_token` and the company id from the same page as `settings.company_id`.",
    ),
    test_delivery="Recruitee's Test and Test payload buttons are answered with 200, even before the secret is known, "
    "and nothing is kept.",
    reads={
        "candidates": "webhook",
        "jobs": "webhook",
        "applications": "webhook",
        "interviews": "poll",
    },
    limits=(
        "Notes, calls and e-mails are not read; Recruitee lists notes of one candidate at a time only.",
        "Offers are read only as pipeline stages.",
        "A disqualified candidate is never moved, because a move would requalify them.",
        "The token has all permissions of its user; it has no scopes.",
    ),
)
