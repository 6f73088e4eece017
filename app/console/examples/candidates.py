"""Example requests of the tag “Candidates”."""

from app.console import fixture_ids
from app.console.examples.example import by_ref, of

_PERSON = {
    "name": "Leonie Marchetti",
    "email": "leonie.marchetti@mail.example",
    "phone": "+61 491 570 156",
    "time_zone": "Australia/Perth",
    "holiday_region": "AU-WA",
}

EXAMPLES = {
    "list_candidates": of(limit=20),
    "add_candidate": of({"A candidate in Perth": _PERSON | {"away": [{"from": "2026-12-21", "to": "2027-01-04"}]}}),
    "get_candidate": of(candidate_id=fixture_ids.CANDIDATE),
    "change_candidate": of(
        {"She is travelling": {"away": [{"from": "2026-11-26", "to": "2026-11-30"}]}},
        candidate_id=fixture_ids.CANDIDATE,
    ),
    "erase_candidate": of(candidate_id=fixture_ids.RETIRED_CANDIDATE),
    "put_candidate": by_ref("candidate-9001", {"A person in the CRM": _PERSON}),
    "get_candidate_by_ref": by_ref("candidate-1"),
}
