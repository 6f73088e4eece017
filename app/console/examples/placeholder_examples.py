"""Neutral example requests: placeholder ids, and only required fields in bodies.

The neutral examples are derived from the demo's examples, one for each operation. All ids of a kind become the same
placeholder. Bodies come from `BODIES` or from the required fields of the schema.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from app.console.examples.example import COMING_DAY, PAST_DAY, Example
from app.console.fixture_ids import KINDS

SYSTEM, REFERENCE = "example-crm", "4711"
_DEMO_ID = re.compile(r"01980000-0000-7([0-9a-f]{3})-8000-[0-9]{12}")
_IS_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_REQUIRED, _CHANGE, _FILE = "Required fields", "A change", "A small table"
_KIND_OF = {"hiring_manager_id": "client_contact", "in_reply_to": "interaction", "default_recruiter_id": "recruiter"}
_TEXTS = {"time_zone": "Europe/London", "holiday_region": "GB-ENG", "reason": "The reason, in one line."}


def placeholder(kind: str) -> UUID:
    """Return the placeholder id for records of a kind, such as `candidate`."""
    return UUID(f"00000000-0000-7{KINDS.index(kind) + 1:03x}-8000-000000000000")


def neutral_ids(text: str) -> str:
    """Return the text with a placeholder in place of each of the demo's ids."""
    return _DEMO_ID.sub(r"00000000-0000-7\1-8000-000000000000", text)


BODIES: Mapping[str, Mapping[str, Any]] = {
    "acknowledge_flag": {"With a reason": {"reason": _TEXTS["reason"]}},
    "snooze_flag": {_REQUIRED: {"until": f"{COMING_DAY}T09:00:00Z"}},
    "log_follow_up": {
        "You spoke": {"channel": "phone", "reached": True, "summary": "What was said."},
        "A voicemail": {"channel": "voicemail", "reached": False},
    },
    "log_debrief": {"You spoke": {"channel": "phone", "reached": True, "went_well": "What went well."}},
    "log_interaction": {
        "An e-mail": {
            "from_party": "recruiter",
            "to_party": "candidate",
            "channel": "email",
            "summary": "What was written.",
        }
    },
    "state_timeline": {"A decision date": {"stated_by": "client", "decision_by": "2026-11-27"}},
    "change_commitment": {_CHANGE: {"due_on": "2026-11-26"}},
    "ask_for_check": {
        "A reference": {"kind": "reference"},
        "A medical, booked": {"kind": "medical", "booked_for": f"{COMING_DAY}T09:00:00Z"},
    },
    "change_check": {_CHANGE: {"booked_for": f"{COMING_DAY}T09:00:00Z"}},
    "record_milestone": {
        "The written offer": {"kind": "written_offer"},
        "The first day": {"kind": "start_agreed", "on": str(COMING_DAY)},
    },
    "put_milestone": {_REQUIRED: {"application_id": str(placeholder("application")), "kind": "written_offer"}},
    "mark_keep_warm": {"For a year": {"note": "Why it is worth it."}},
    "change_keep_warm_mark": {_CHANGE: {"note": "Why it is worth it."}},
    "check_thank_you": {"A short note": {"text": "Thank you for your time. I am keen on the role."}},
    "change_application": {_CHANGE: {"recruiter_id": str(placeholder("recruiter"))}},
    "book_interview": {_REQUIRED: {"starts_at": "2026-11-25T10:00:00Z", "ends_at": "2026-11-25T11:00:00Z"}},
    "change_interview": {_CHANGE: {"status": "cancelled"}},
    "move_to_stage": {_REQUIRED: {"to": "awaiting_decision"}},
    "put_interaction": {
        _REQUIRED: {
            "application_id": str(placeholder("application")),
            "from_party": "candidate",
            "to_party": "recruiter",
        }
    },
    "put_interview": {
        _REQUIRED: {
            "application_id": str(placeholder("application")),
            "starts_at": "2026-11-25T10:00:00Z",
            "ends_at": "2026-11-25T11:00:00Z",
        }
    },
    "put_transition": {_REQUIRED: {"application_id": str(placeholder("application")), "to": "awaiting_decision"}},
    "change_candidate": {_CHANGE: {"away": [{"from": "2026-11-26", "to": "2026-11-30"}]}},
    "change_organisation": {_CHANGE: {"time_zone": "Europe/London"}},
    "change_client_contact": {_CHANGE: {"role": "hiring_manager"}},
    "change_job": {_CHANGE: {"status": "on_hold"}},
    "change_agency_policy": {_CHANGE: {"going_quiet": {"watch": 3, "warning": 5}}},
    "change_organisation_policy": {_CHANGE: {"client_quiet": {"watch": 3, "warning": 6}}},
    "change_job_policy": {_CHANGE: {"timeline_overdue": {"critical": 2}}},
    "change_agency": {_CHANGE: {"time_zone": "Europe/London"}},
    "change_recruiter": {_CHANGE: {"active": True}},
    "make_api_key": {"A key that only reads": {"name": "A report", "role": "viewer"}},
    "rotate_api_key": {"A day of overlap": {"overlap_hours": 24}},
    "connect": {
        "n8n, Make or your own": {"system": "standard", "name": "n8n"},
        "A CRM, credentials later": {"system": "greenhouse", "name": "Greenhouse"},
    },
    "change_connection": {"A status of the CRM": {"stage_map": {"Client interview": "interview_scheduled"}}},
    "try_connection": {
        "A candidate": {
            "type": "candidate.updated",
            "timestamp": "2026-11-13T16:40:00Z",
            "data": {"id": REFERENCE, "name": "Example candidate"},
        }
    },
    "replay_connection_events": {"Everything that failed": {"states": ["parked"]}},
    "add_signing_secret": {"Keepwarm makes one": {"overlap_hours": 24}},
    "make_webhook_endpoint": {"Paused at first": {"url": "https://hooks.example.com/keepwarm", "paused": True}},
    "change_webhook_endpoint": {"A pause": {"paused": True}},
    "add_webhook_secret": {"A day of overlap": {"overlap_hours": 24}},
    "import_organisations": {_FILE: "id,name\norganisation-1,Example organisation\n"},
    "import_client_contacts": {
        _FILE: "id,organisation,name,role\ncontact-1,organisation-1,Example contact,hiring manager\n"
    },
    "import_candidates": {_FILE: "id,name\ncandidate-1,Example candidate\n"},
    "import_jobs": {_FILE: "id,title,organisation\njob-1,Example job,organisation-1\n"},
    "import_applications": {_FILE: "id,candidate,job\napplication-1,candidate-1,job-1\n"},
    "import_interviews": {
        _FILE: "id,application,starts at,ends at\ninterview-1,application-1,2026-11-11T23:00:00Z,2026-11-12T00:00:00Z\n"
    },
    "import_interactions": {
        _FILE: "id,application,from party,to party,channel\ninteraction-1,application-1,recruiter,candidate,email\n"
    },
    "import_transitions": {_FILE: "id,application,to\ntransition-1,application-1,offer\n"},
    "import_checks": {_FILE: "id,application,kind\ncheck-1,application-1,reference\n"},
    "import_keep_warm_marks": {_FILE: "id,application,note\nmark-1,application-1,A close second\n"},
    "import_milestones": {_FILE: "id,application,kind\nmilestone-1,application-1,written offer\n"},
}
"""Request bodies by operation name and title, for operations whose required fields alone are invalid or show too
little.
"""


def neutral_examples(document: Mapping[str, Any], demo: Mapping[str, Example]) -> dict[str, Example]:
    """Return the neutral example requests by operation name, for the document's operations that have an example in
    `demo`.
    """
    schemas = document["components"]["schemas"]
    found: dict[str, Example] = {}
    for item in document["paths"].values():
        for operation in item.values():
            id = operation["operationId"]
            if id in demo:
                bodies = BODIES.get(id) or _required_only(operation, schemas)
                found[id] = Example(_parameters(operation, demo[id]), bodies)
    return found


def _parameters(operation: Mapping[str, Any], example: Example) -> dict[str, Any]:
    """Return the parameters of a demo example for its neutral version. Optional parameters that hold a record's id are
    left out.
    """
    required = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter.get("required")}
    found: dict[str, Any] = {}
    for name, value in example.parameters.items():
        if name == "system":
            found[name] = SYSTEM
        elif name == "name":
            found[name] = "Example name"
        elif name == "id":
            found[name] = REFERENCE
        elif not isinstance(value, str) or not _IS_ID.fullmatch(value):
            found[name] = value
        elif name in required:
            found[name] = neutral_ids(value)
    return found


def _required_only(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body with only the required fields, by title. Return an empty mapping for an operation without a JSON
    body.
    """
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return {} if content is None else {_REQUIRED: _value("", content["schema"], schemas)}


def _required(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of an object's required fields. If a schema has alternatives, only the first one's fields are
    yielded.
    """
    yield from schema.get("required", ())
    for rule in (schema, *schema.get("allOf", ())):
        for either in ("anyOf", "oneOf"):
            yield from rule.get(either, [{}])[0].get("required", ())


def _value(name: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """Return an example value that a schema accepts. For an object, return a mapping of its required fields only."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    match schema:
        case {"const": value} | {"enum": [value, *_]} | {"default": value}:
            return value
        case {"type": "object"}:
            fields, required = schema.get("properties", {}), set(_required(schema))
            return {field: _value(field, fields[field], schemas) for field in fields if field in required}
        case {"anyOf": [first, *_]} | {"allOf": [first, *_]}:
            return _value(name, first, schemas)
        case {"type": "array"}:
            return []
        case {"type": "boolean"}:
            return True
        case {"type": "integer" | "number"}:
            return schema.get("minimum", 1)
        case {"format": "uuid"}:
            return str(placeholder(_KIND_OF.get(name, name.removesuffix("_id"))))
        case {"format": "date"}:
            return "2026-11-27"
        case {"format": "date-time"}:
            return f"{PAST_DAY}T00:00:00Z"
        case _:
            return _TEXTS.get(name) or f"Example {name.replace('_', ' ')}"
