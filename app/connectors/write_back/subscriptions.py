"""Which events a connection's write-back is made of."""

from app.connectors.connections.schemas import WriteBack


def event_types(wanted: WriteBack) -> list[str]:
    """The types of events that must reach the CRM."""
    types = ["flag.raised", "flag.changed", "flag.cleared"] if wanted.flags else []
    types += ["follow_up.logged"] if wanted.follow_ups else []
    return types + (["application.stage_changed"] if wanted.propose_moves else [])
