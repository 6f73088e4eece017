"""Examples of “Operator” and “Health”."""

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
    "get_health": of(),
    "get_readiness": of(),
    "get_metrics": of(),
}
