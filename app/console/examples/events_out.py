"""Examples of “Events out”: a webhook endpoint, its deliveries, and the feed."""

from app.console import fixture_ids
from app.console.examples.example import of

EXAMPLES = {
    "make_webhook_endpoint": of(
        {
            "Flags, for a workflow": {
                "url": "https://workflows.harbourandhale.example/hooks/keepwarm",
                "description": "Flags into the desk's chat",
                "event_types": ["flag.raised", "flag.changed", "flag.cleared"],
                "paused": True,
            },
            "Everything, slowly, for a small machine": {
                "url": "https://reports.harbourandhale.example:8443/keepwarm",
                "rate_per_second": 2,
                "concurrency": 1,
                "paused": True,
            },
        }
    ),
    "list_webhook_endpoints": of(limit=20),
    "get_webhook_endpoint": of(endpoint_id=fixture_ids.ENDPOINT),
    "get_webhook_endpoint_health": of(endpoint_id=fixture_ids.ENDPOINT),
    "send_test_event": of(endpoint_id=fixture_ids.ENDPOINT),
    "change_webhook_endpoint": of(
        {
            "Other events": {"event_types": ["flag.raised", "timeline.overdue"]},
            "Every event": {"event_types": None},
            "It has moved": {"url": "https://dashboard.harbourandhale.example/v2/keepwarm"},
            "A gentler pace": {"rate_per_second": 5, "concurrency": 2},
            "A pause": {"paused": True},
        },
        endpoint_id=fixture_ids.ENDPOINT,
    ),
    "list_deliveries": of(endpoint_id=fixture_ids.ENDPOINT, state="delivered", limit=20),
    "get_delivery": of(endpoint_id=fixture_ids.ENDPOINT, delivery_id=fixture_ids.DELIVERY),
    "replay_delivery": of(endpoint_id=fixture_ids.ENDPOINT, delivery_id=fixture_ids.DELIVERY),
    "replay_events": of(
        {
            "All of a week": {"since": "2026-11-09T00:00:00+11:00", "until": "2026-11-16T00:00:00+11:00"},
            "What was missed of two kinds": {
                "since": "2026-11-09T00:00:00+11:00",
                "event_types": ["follow_up.missed", "timeline.overdue"],
                "only_failed": True,
            },
        },
        endpoint_id=fixture_ids.ENDPOINT,
    ),
    "add_webhook_secret": of(
        {"A day of overlap": {"overlap_hours": 24}, "The old one has leaked": {"overlap_hours": 0}},
        endpoint_id=fixture_ids.ENDPOINT,
    ),
    "end_webhook_secret": of(endpoint_id=fixture_ids.ENDPOINT, endpoint_secret_id=fixture_ids.ENDPOINT_SECRET),
    "remove_webhook_endpoint": of(endpoint_id=fixture_ids.GONE_ENDPOINT),
    "read_events": of(type=["timeline.overdue", "commitment.overdue"], limit=20),
    "stream_events": of(type=["follow_up.missed"], seconds=0),
}
