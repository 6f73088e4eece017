"""The guide to connecting JobAdder.

Sources: developer account, events with their scopes, ten failures in an hour suspend a webhook, what is lost then [V,
jobadderapi.zendesk.com, article 360022511513, Webhooks]; only admins, or users who may grant API access to integration
partners, can authorise [V, article 7040444063503]; "Register a New Application" in the developer portal [T, set-up page
of StackOne]; the authorisation and token addresses [V, the OpenAPI document].
"""

from app.connectors.guide import HOOK_URL, SECRET, Entry, Guide

SIGN_IN = "https://id.jobadder.com"
_EVENTS = (
    "jobapplication_status_changed",
    "interview_scheduled",
    "interview_evaluation_submitted",
    "placement_approved",
    "placement_status_changed",
    "candidate_updated",
    "candidate_status_changed",
    "job_status_changed",
    "company_status_changed",
    "contact_status_changed",
    "sms_sent",
)
_NAMED = ", ".join(f'"{event}"' for event in _EVENTS)
GUIDE = Guide(
    credentials={
        "client_id": Entry("The Client ID of your application in the JobAdder developer portal.", required=True),
        "client_secret": Entry("Its Client Secret.", required=True),
        "refresh_token": Entry(
            "The refresh token of an authorisation with the scope offline_access. Keepwarm renews it.", required=True
        ),
    },
    settings={
        "user_id": Entry("The id of the JobAdder user to whom tasks are assigned. Default: the authorising user."),
        "note_type": Entry("The type of Keepwarm's notes. Default: none."),
        "auth_url": Entry(f"The server that gives tokens. Default: {SIGN_IN}."),
        "base_url": Entry("The API's address. Default: the one that JobAdder names with each token."),
    },
    scopes=("read", "write", "offline_access"),
    steps=(
        "Sign in to developers.jobadder.com and choose Register a New Application. Enter its Client ID as "
        "`credentials.client_id` and its Client Secret as `credentials.client_secret`.",
        "As a JobAdder admin, or a user with the permission Grant API access to Integration partners, open "
        f"{SIGN_IN}/connect/authorize and accept the scopes read write offline_access.",
        f"Exchange the code at {SIGN_IN}/connect/token. Enter the refresh token as `credentials.refresh_token`.",
        "Create the webhook with the access token of that same account, because it reports that account only: POST "
        f'https://api.jobadder.com/v2/webhooks {{"name": "Keepwarm", "url": "{HOOK_URL}", "authorization": "Bearer '
        f'{SECRET}", "events": [{_NAMED}], "status": "Enabled"}}',
        "Enter `settings.user_id` and `settings.note_type` if tasks and notes need a user and a type of your own.",
        "Nothing else is needed: if JobAdder suspends the webhook, Keepwarm enables it with the newest signing secret "
        "and fetches what it missed.",
    ),
    test_delivery="JobAdder has no test button. The first real event shows in the connection's health.",
    reads={
        "organisations": "webhook_and_poll",
        "client_contacts": "webhook_and_poll",
        "candidates": "webhook_and_poll",
        "jobs": "webhook_and_poll",
        "applications": "webhook_and_poll",
        "interviews": "webhook_and_poll",
        "notes": "poll",
        "milestones": "webhook_and_poll",
    },
    limits=(
        "JobAdder sends no webhook for new applications, notes and rescheduled interviews; they are polled.",
        "JobAdder does not report deleted interviews: cancel them in Keepwarm.",
        "Calls and e-mails are read as notes; the activity map tells them apart by the note's type.",
        "The start date of a placement counts as agreed once the placement is approved.",
        "JobAdder suspends a webhook after ten failures in an hour and loses events until it is enabled.",
    ),
)
