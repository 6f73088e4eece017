"""Example requests of the tags “Operator” and “Health”."""

from app.console import fixture_ids
from app.console.examples.example import of

EXAMPLES = {
    "make_agency": of(
        {
            "An agency in Wellington": {
                "name": "Northlight Search",
                "time_zone": "Pacific/Auckland",
                "holiday_region": "NZ-WGN",
            }
        }
    ),
    "list_agencies": of(),
    "make_admin_key": of(agency_id=fixture_ids.AGENCY),
    "delete_agency": of(agency_id=fixture_ids.AGENCY, name=fixture_ids.AGENCY_NAME),
    "get_health": of(),
    "get_readiness": of(),
    "get_metrics": of(),
}
