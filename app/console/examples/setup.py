"""Example requests of the tag “Agency and keys”."""

from app.console import fixture_ids
from app.console.examples.example import of

EXAMPLES = {
    "get_agency": of(),
    "change_agency": of(
        {
            "A new name": {"name": "Harbour & Hale Talent"},
            "Closed between the years": {
                "calendar_exceptions": [
                    {"date": "2026-12-29", "working": False},
                    {"date": "2026-12-30", "working": False},
                    {"date": "2026-12-31", "working": False},
                ]
            },
        }
    ),
    "list_recruiters": of(limit=20),
    "add_recruiter": of(
        {"A new consultant": {"name": "Beatrix Okonjo", "email": "beatrix.okonjo@harbourandhale.example"}}
    ),
    "get_recruiter": of(recruiter_id=fixture_ids.RECRUITER),
    "change_recruiter": of(
        {"A new address": {"email": "priya.sundaram@harbourandhale.example"}}, recruiter_id=fixture_ids.JUNIOR
    ),
    "list_api_keys": of(limit=20),
    "make_api_key": of(
        {
            "Tomasz's own key": {
                "name": "Tomasz, at his desk",
                "role": "recruiter",
                "recruiter_id": fixture_ids.COLLEAGUE,
            },
            "A key for a report": {"name": "Monday report", "role": "viewer"},
        }
    ),
    "get_api_key": of(api_key_id=fixture_ids.API_KEY),
    "rotate_api_key": of({"A day of overlap": {"overlap_hours": 24}}, api_key_id=fixture_ids.SPARE_KEY),
    "revoke_api_key": of(api_key_id=fixture_ids.LEAVERS_KEY),
}
