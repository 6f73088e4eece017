"""Examples of “Agency and keys”."""

from app.console.examples.example import of
from app.demo import known

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
    "get_recruiter": of(recruiter_id=known.RECRUITER),
    "change_recruiter": of(
        {"A new address": {"email": "priya.sundaram@harbourandhale.example"}}, recruiter_id=known.JUNIOR
    ),
    "list_api_keys": of(limit=20),
    "make_api_key": of(
        {
            "Tomasz's own key": {"name": "Tomasz, at his desk", "role": "recruiter", "recruiter_id": known.COLLEAGUE},
            "A key for a report": {"name": "Monday report", "role": "viewer"},
        }
    ),
    "get_api_key": of(api_key_id=known.API_KEY),
    "rotate_api_key": of({"A day of overlap": {"overlap_hours": 24}}, api_key_id=known.SPARE_KEY),
    "revoke_api_key": of(api_key_id=known.LEAVERS_KEY),
}
