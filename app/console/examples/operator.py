"""Examples of “Operator” and “Health”."""

from app.console.examples.example import of
from app.demo import known
from app.demo.people import AGENCY_NAME

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
    "make_admin_key": of(agency_id=known.AGENCY),
    "delete_agency": of(agency_id=known.AGENCY, name=AGENCY_NAME),
    "get_health": of(),
    "get_readiness": of(),
    "get_metrics": of(),
}
