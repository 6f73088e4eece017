"""The guide to connecting Recruit CRM.

Sources: the API, its subscriptions, bearer tokens and events [V, docs.recruitcrm.io]; Admin Settings > API &
Integrations [T, integration guides]; nothing is signed, so that the secret is a part of the address [T, operators].
"""

from app.connectors.guide import HOOK_URL, SECRET, Entry, Guide

SUBSCRIPTIONS = (
    "candidate.created",
    "candidate.updated",
    "candidate.deleted",
    "candidate.assigned",
    "candidate.unassigned",
    "candidate.hiringstage.updated",
    "company.created",
    "company.updated",
    "company.deleted",
    "contact.created",
    "contact.updated",
    "contact.deleted",
    "job.created",
    "job.updated",
    "job.status.updated",
    "job.deleted",
    "meeting.created",
    "meeting.updated",
    "meeting.deleted",
    "note.created",
    "note.updated",
    "note.deleted",
    "calllog.created",
    "calllog.updated",
    "calllog.deleted",
    "email.sent",
    "placement.created",
    "placement.updated",
    "placement.deleted",
)

GUIDE = Guide(
    credentials={"token": Entry("The API token of your Recruit CRM account.", required=True)},
    settings={
        "interview_meeting_types": Entry(
            "Meeting types that are interviews with a client, comma-separated. Default: each that ends in Interview."
            " Internal ones never are."
        ),
        "placement_start_field": Entry(
            "The field_id of the placements' custom field that holds the first day. Default: none, and no first day is "
            "read."
        ),
        "user_id": Entry("The id of the Recruit CRM user who signs what Keepwarm writes. Default: the token's owner."),
    },
    steps=(
        "In Recruit CRM, as an admin, open Admin Settings > API & Integrations. Enter the API token as "
        "`credentials.token`.",
        "For each line below create one subscription: POST https://api.recruitcrm.io/v1/subscriptions with the "
        'header Authorization: Bearer <API token> and the JSON body {"event": "<event>", "target_url": "<address>"}.',
        "The addresses contain the signing secret, which is shown once. Keep them private: a sender who knows one "
        "can send events in the name of Recruit CRM.",
        *(f"{event}: {HOOK_URL}?event={event}&secret={SECRET}" for event in SUBSCRIPTIONS),
        "Enter your meeting types for client interviews as `settings.interview_meeting_types`.",
        "If your placements have a custom field for the first day, enter its field_id as "
        "`settings.placement_start_field`.",
    ),
    test_delivery="Recruit CRM has no test button. The first real event shows in the connection's health.",
    reads={
        "organisations": "webhook",
        "client_contacts": "webhook",
        "candidates": "webhook_and_poll",
        "jobs": "webhook",
        "applications": "webhook_and_poll",
        "interviews": "webhook_and_poll",
        "notes": "webhook_and_poll",
        "calls": "webhook_and_poll",
        "emails": "webhook",
        "milestones": "webhook",
    },
    limits=(
        "Recruit CRM signs nothing: the secret in the webhook's address is the only proof of the sender.",
        "Offers are read only as hiring stages; a placement is read as `@hired`, with the first day where "
        "`settings.placement_start_field` names its custom field.",
        "The API token has all rights of its owner; it has no scopes.",
    ),
)
