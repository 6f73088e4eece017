"""Example requests for the operations, in the order of a working day. Each succeeds on a freshly loaded demo."""

from app.console.examples import (
    after_interview,
    applications,
    candidates,
    connections,
    events_out,
    operator_api,
    organisations,
    policy,
    setup,
    spreadsheets,
    today,
)
from app.console.examples.example import COMING_DAY, PAST_DAY, Example

__all__ = ["COMING_DAY", "EXAMPLES", "PAST_DAY", "Example"]

EXAMPLES: dict[str, Example] = {
    **today.EXAMPLES,
    **after_interview.EXAMPLES,
    **applications.EXAMPLES,
    **candidates.EXAMPLES,
    **organisations.EXAMPLES,
    **policy.EXAMPLES,
    **setup.EXAMPLES,
    **connections.EXAMPLES,
    **spreadsheets.EXAMPLES,
    **events_out.EXAMPLES,
    **operator_api.EXAMPLES,
}
"""The example requests by operation name (the name of the route's function), in the order of the console."""
