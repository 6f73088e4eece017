"""The guide to connecting Hirewell. Hirewell is invented, so there are no sources."""

from app.connectors.guide import HOOK_URL, SECRET, Entry, Guide

GUIDE = Guide(
    credentials={"api_key": Entry("An API key of Hirewell.", required=True)},
    settings={"base_url": Entry("The API's address, if you use a sandbox.")},
    scopes=("people.read", "placements.read", "notes.write"),
    steps=(
        "In Hirewell, as an admin, open Settings > Webhooks and press Add.",
        f"Address: {HOOK_URL}",
        f"Secret: {SECRET}. Keepwarm shows its signing secret once.",
        "Open Settings > API and create a key. Enter it as `credentials.api_key`.",
    ),
    test_delivery="Hirewell's Send test is answered with 200 and nothing is kept.",
    reads={
        "candidates": "webhook_and_poll",
        "jobs": "webhook",
        "applications": "webhook_and_poll",
        "interviews": "webhook",
        "notes": "webhook",
    },
    limits=("Offers are read only as stages.", "Hirewell has no tasks: flags are written as notes."),
)
