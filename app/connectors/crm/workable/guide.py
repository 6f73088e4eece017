"""The guide to connecting Workable.

Sources: POST /subscriptions, one unique target for each, the scope r_candidates [V, workable.readme.io]; signing by the
account's token [V]; Settings > Integrations > Apps, API Access Tokens, "Generate API token", the scopes' meaning,
Settings > Company profile > Subdomain [T, set-up pages of StackOne and Wintro]; w_comments for comments [T, StackOne].
"""

from app.connectors.guide import BASE_URL, HOOK_URL, Entry, Guide

_API = "https://<subdomain>.workable.com/spi/v3"
_EVENTS = {"created": "candidate_created", "moved": "candidate_moved", "deleted": "candidate_deleted"}
GUIDE = Guide(
    credentials={"api_token": Entry("An API access token of Workable.", required=True)},
    settings={
        "subdomain": Entry("Your account's name in <name>.workable.com.", required=True, unless=BASE_URL),
        "member_id": Entry("The id of the member in whose name comments and moves are made. Writing back needs it."),
    },
    scopes=("r_jobs", "r_candidates", "w_candidates", "w_comments"),
    steps=(
        "In Workable, as an admin, open Settings > Integrations > Apps. Under API Access Tokens press Generate API "
        "token and tick r_jobs, r_candidates, w_candidates and w_comments. Enter the token as "
        "`credentials.api_token`.",
        "Workable signs webhooks with this token: paste it as `secret` with "
        "POST /v1/connections/{id}/signing-secrets too.",
        "Open Settings > Company profile and enter the subdomain as `settings.subdomain`.",
        "Workable has no page for webhooks. Create one subscription for each line below: "
        f"POST {_API}/subscriptions with header Authorization: Bearer <the token>. Each target must be unique.",
        *(f'{{"target": "{HOOK_URL}?event={name}", "event": "{event}"}}' for name, event in _EVENTS.items()),
        f"GET {_API}/members and enter a member's id as `settings.member_id`, for comments and stage moves.",
    ),
    test_delivery="Workable has no test button. The first real event shows in the connection's health.",
    reads={
        "candidates": "webhook",
        "jobs": "webhook_and_poll",
        "applications": "webhook",
        "interviews": "poll",
        "notes": "poll",
        "calls": "poll",
        "emails": "poll",
    },
    limits=(
        "Interviews, calls, comments and messages have no webhook: they are polled every 15 minutes.",
        "A candidate of Workable belongs to one job: person and application have one id.",
        "Offers are read only as stages. Workable has no tasks: findings are written as comments.",
        "When the token expires, replace `credentials.api_token` and the signing secret together.",
    ),
)
