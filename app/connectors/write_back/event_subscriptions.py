"""The event types that a connection subscribes to for its write-back."""

from app.connectors.write_back.schemas import WriteBack


def event_types(wanted: WriteBack) -> list[str]:
    """Return the event types that a connection must receive for the notes and moves that are turned on."""
    types = ["flag.raised", "flag.changed", "flag.cleared"] if wanted.flags else []
    types += ["follow_up.logged"] if wanted.follow_ups else []
    return types + (["application.stage_changed"] if wanted.propose_moves else [])
