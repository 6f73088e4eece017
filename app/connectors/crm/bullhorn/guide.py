"""The guide to connecting Bullhorn.

Sources: OAuth keys by a support ticket in the Bullhorn Resource Center, redirect URI, login by data centre, terms of
use [V, bullhorn.github.io, Getting Started with REST]; client id, client secret, API username and API password, which
are not self-service [V, kb.bullhorn.com, Request REST API Credentials]; event subscriptions, at most 15, unread events
expire after 7 days [V, rest-api-docs]; refresh tokens are good for one use [U].
"""

from app.connectors.guide import Entry, Guide

GUIDE = Guide(
    credentials={
        "client_id": Entry("The Client ID of your Bullhorn REST API credentials.", required=True),
        "client_secret": Entry("The Client Secret of these credentials.", required=True),
        "username": Entry(
            "The API Username. Keepwarm signs in as this user and finds your data centre by it.",
            required=True,
            unless="refresh_token",
        ),
        "password": Entry("The API Password of that user.", required=True, unless="refresh_token"),
        "refresh_token": Entry("A refresh token of these credentials, instead of the password. Keepwarm renews it."),
    },
    settings={
        "user_id": Entry("The id of the API user in Bullhorn, who becomes the author of Keepwarm's notes and tasks."),
        "note_action": Entry("The action of Keepwarm's notes, one of your commentActionList. Default: Other."),
        "task_type": Entry("The type of Keepwarm's tasks. Default: Follow-Up."),
        "interview_types": Entry(
            "Appointment types that are interviews, comma-separated. Default: each that ends in Interview."
        ),
        "subscription_id": Entry("The name of the event subscription, unique in your Bullhorn. Default: keepwarm."),
        "redirect_uri": Entry("The redirect URI registered with your credentials, if there is one."),
        "login_url": Entry("Where sign-in starts. Default: https://rest.bullhornstaffing.com/rest-services."),
        "auth_url": Entry("The OAuth server. Default: the one that Bullhorn names for the user."),
        "base_url": Entry("The REST API's address. Default: the one that Bullhorn names at each sign-in."),
    },
    scopes=(
        "read: Candidate, ClientContact, ClientCorporation, JobOrder, JobSubmission, Appointment, Note, Placement, "
        "CandidateReference",
        "add: Note, Task",
        "edit: JobSubmission (only for stage moves)",
    ),
    steps=(
        "Open a support ticket in the Bullhorn Resource Center. Ask for REST API credentials for Keepwarm: Client ID, "
        "Client Secret, API Username and API Password.",
        "Ask in the same ticket for these entitlements of the API user: read candidates, contacts, companies, jobs, "
        "submissions, appointments, notes, placements and references; add notes and tasks.",
        "Sign in once as the API user in a browser and accept the terms of use. The API refuses to sign in before.",
        "Enter `credentials.client_id`, `credentials.client_secret`, `credentials.username` and "
        "`credentials.password`. `credentials.refresh_token` replaces the last two.",
        "If the ticket's answer names a redirect URI, enter it as `settings.redirect_uri`.",
        "Enter the API user's id as `settings.user_id`. Enter an action of your own list as `settings.note_action` if "
        "Keepwarm's notes shall be recognisable.",
        "Enter no webhook address in Bullhorn: Keepwarm creates an event subscription and reads it every minute. No "
        "other program may read the same subscription (`settings.subscription_id`).",
    ),
    test_delivery="Bullhorn sends no webhooks, so there is no test delivery. Read the connection's health instead.",
    reads={
        "organisations": "poll",
        "client_contacts": "poll",
        "candidates": "poll",
        "jobs": "poll",
        "applications": "poll",
        "interviews": "poll",
        "notes": "poll",
        "milestones": "poll",
        "checks": "poll",
    },
    limits=(
        "Calls and e-mails are read as notes; the activity map tells them apart by the note's action.",
        "A placement is read as the status `placement: <its own>` of the submission behind it, and its start date as "
        "agreed. Bullhorn does not say that somebody has started.",
        "References are read every 15 minutes, with the referee's initials in place of the name. An API user who may "
        "not read them gets none.",
        "Bullhorn drops events that nobody reads for 7 days: start a backfill after a longer pause.",
        "A Bullhorn database holds at most 15 event subscriptions.",
    ),
)
