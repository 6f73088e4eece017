"""Examples of “Organisations and jobs”: clients, contacts and jobs."""

from app.console import fixture_ids
from app.console.examples.example import by_ref, of

_CLIENT = {
    "name": "Pelican Point Logistics",
    "time_zone": "Australia/Adelaide",
    "holiday_region": "AU-SA",
    "contact_style": {"direct_contact": "via_recruiter", "preferred_channels": ["phone"], "note": "Ring before ten."},
}
_PERSON = {
    "name": "Marguerite Delacroix-Obi",
    "email": "marguerite@bellbird-energy.example",
    "phone": "+61 2 5550 0123",
    "role": "interviewer",
}

EXAMPLES = {
    "list_organisations": of(limit=20),
    "add_organisation": of({"A client in Adelaide": _CLIENT}),
    "get_organisation": of(organisation_id=fixture_ids.ORGANISATION),
    "change_organisation": of(
        {
            "Thank-yous go through us": {"contact_style": {"thank_you": "via_recruiter"}},
            "They work on Labour Day": {"calendar_exceptions": [{"name": "Labour Day", "working": True}]},
        },
        organisation_id=fixture_ids.ORGANISATION,
    ),
    "find_client_contacts": of(q="iris"),
    "list_client_contacts": of(organisation_id=fixture_ids.ORGANISATION),
    "add_client_contact": of({"An interviewer": _PERSON}, organisation_id=fixture_ids.ORGANISATION),
    "get_client_contact": of(organisation_id=fixture_ids.ORGANISATION, contact_id=fixture_ids.CLIENT_CONTACT),
    "change_client_contact": of(
        {"A new number": {"phone": "+61 2 5550 0177"}},
        organisation_id=fixture_ids.ORGANISATION,
        contact_id=fixture_ids.CLIENT_CONTACT,
    ),
    "list_jobs": of(organisation_id=fixture_ids.ORGANISATION, status="open"),
    "open_job": of(
        {
            "A vacancy": {
                "title": "Payroll Officer",
                "organisation_id": fixture_ids.ORGANISATION,
                "hiring_manager_id": fixture_ids.CLIENT_CONTACT,
            }
        }
    ),
    "get_job": of(job_id=fixture_ids.JOB),
    "change_job": of({"It waits": {"status": "on_hold"}}, job_id=fixture_ids.JOB),
    "put_organisation": by_ref("organisation-9001", {"A company in the CRM": _CLIENT}),
    "get_organisation_by_ref": by_ref("organisation-1"),
    "put_client_contact": by_ref(
        "client-contact-9001", {"A contact in the CRM": _PERSON | {"organisation_id": fixture_ids.ORGANISATION}}
    ),
    "get_client_contact_by_ref": by_ref("client-contact-1"),
    "put_job": by_ref(
        "job-9001", {"A job in the CRM": {"title": "Payroll Officer", "organisation_id": fixture_ids.ORGANISATION}}
    ),
    "get_job_by_ref": by_ref("job-1"),
}
