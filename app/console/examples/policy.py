"""Example requests of the tag “Policy”: the thresholds of the rules for an agency, an organisation or a job."""

from app.console import fixture_ids
from app.console.examples.example import of

EXAMPLES = {
    "list_rules": of(),
    "get_agency_policy": of(),
    "change_agency_policy": of(
        {
            "Be patient with candidates": {"going_quiet": {"watch": 3, "warning": 5}},
            "Switch a rule off": {"off_channel_contact": {"enabled": False}},
            "Back to the default": {"going_quiet": None},
        }
    ),
    "list_policy_changes": of(limit=20),
    "get_organisation_policy": of(organisation_id=fixture_ids.STRICT_ORGANISATION),
    "change_organisation_policy": of(
        {"They take their time": {"client_quiet": {"watch": 3, "warning": 6, "critical": 10}}},
        organisation_id=fixture_ids.ORGANISATION,
    ),
    "get_job_policy": of(job_id=fixture_ids.JOB),
    "change_job_policy": of({"An urgent vacancy": {"timeline_overdue": {"critical": 2}}}, job_id=fixture_ids.JOB),
}
