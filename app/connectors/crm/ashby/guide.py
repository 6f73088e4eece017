"""The guide to connecting Ashby.

Sources: Admin > Integrations > Webhooks, "New", Webhook Type, Request URL and Secret Token [V, developers.ashbyhq.com,
Setting up Webhooks]; modules and their permissions, confidential jobs [V, Authentication]; the names of the scopes
[V, the OpenAPI document]; Admin > Integrations > API Keys, "+ New" [T, set-up pages of Merge and Nango]; the toggle for
private fields [T, documentation of Dust].
"""

from app.connectors.crm.ashby.records import WEBHOOKS
from app.connectors.guide import HOOK_URL, SECRET, Entry, Guide

_SCOPES = ("jobsRead", "candidatesRead", "candidatesWrite", "interviewsRead", "offersRead")
GUIDE = Guide(
    credentials={"api_key": Entry("An API key of Ashby.", required=True)},
    settings={
        "note_visibility": Entry("Who sees Keepwarm's notes: `private` (default) or `public`, to the hiring team.")
    },
    scopes=_SCOPES,
    steps=(
        "In Ashby, as an admin, open Admin > Integrations > Webhooks. Press New once for each of these webhook types: "
        f"{', '.join(WEBHOOKS)}.",
        f"Request URL: {HOOK_URL}",
        f"Secret Token: {SECRET}. Keepwarm shows its signing secret once. Ashby then sends a ping, which is answered.",
        "Or create them by API, except jobCreate, jobUpdate and signatureRequestUpdate: "
        "POST https://api.ashbyhq.com/webhook.create with "
        f'{{"webhookType": "<type>", "requestUrl": "{HOOK_URL}", "secretToken": "{SECRET}"}}.',
        "Open Admin > Integrations > API Keys, press New, and tick Jobs (read), Candidates (read, write), Interviews "
        "(read) and Offers (read). Enter the key as `credentials.api_key`.",
        "Private notes need the key's access to non-offer private fields. Without it, set `settings.note_visibility` "
        "to `public`.",
    ),
    test_delivery="Ashby sends a signed ping when a webhook is created. It is answered with 200 and nothing is kept.",
    reads={
        "candidates": "webhook",
        "jobs": "webhook",
        "applications": "webhook",
        "interviews": "webhook",
        "notes": "poll",
        "offers": "webhook",
        "milestones": "webhook",
    },
    limits=(
        "Confidential jobs are read only if the API key is allowed to.",
        "Ashby never retries a webhook that was answered with 401, 403, 404, 405 or 410.",
        "An offer counts as written only once Ashby sent a request to sign it. Offers that are signed elsewhere are "
        "recorded in Keepwarm.",
        "Ashby has no tasks, calls or e-mails that its API shows.",
    ),
)
