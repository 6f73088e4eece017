"""A script with a generated client: `python calls.py <base URL> <API key> <now>`. It prints its findings as JSON."""

import json
import sys
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from keepwarm_client import AuthenticatedClient, Client
from keepwarm_client.api.after_the_interview import log_interaction
from keepwarm_client.api.applications_and_interviews import list_applications
from keepwarm_client.api.candidates import add_candidate, get_candidate
from keepwarm_client.api.events_out import stream_events
from keepwarm_client.api.health import get_health
from keepwarm_client.api.tables_in_and_out import export_candidates, import_candidates
from keepwarm_client.api.today import get_assessment, get_worklist
from keepwarm_client.models import CandidateInput, Channel, InteractionInput, Party, Problem, Purpose
from keepwarm_client.types import File


def main(base_url: str, key: str, now: datetime) -> dict[str, Any]:
    """Do a few things of every kind: read, write, be refused, send a table, get one, and read the stream."""
    with Client(base_url=base_url) as anonymous, AuthenticatedClient(base_url=base_url, token=key) as client:
        return {"health": get_health.sync(client=anonymous).status} | calls(client, now)


def calls(client: AuthenticatedClient, now: datetime) -> dict[str, Any]:
    """Return the findings of everything that needs a key."""
    made = add_candidate.sync(client=client, body=CandidateInput(name="Kim Lee", email="kim@example.com"))
    again = get_candidate.sync(made.id, client=client)
    application = list_applications.sync(client=client, limit=1).items[0]
    earlier = now - timedelta(hours=1)
    contact = InteractionInput(
        from_party=Party.CANDIDATE,
        to_party=Party.RECRUITER,
        channel=Channel.PHONE,
        purpose=Purpose.QUESTION,
        occurred_at=earlier,
    )
    said = log_interaction.sync(application.id, client=client, body=contact)
    refused = get_candidate.sync(application.id, client=client)
    file = File(payload=BytesIO(b"id,name\nclient-1,Robin Gray\n"), mime_type="text/csv")
    table = import_candidates.sync(client=client, body=file, dry_run=True)
    return {
        "same": again == made,
        "created_at": made.created_at.isoformat(),
        "worklist": [item.kind.value for item in get_worklist.sync(client=client, limit=3).items],
        "stage": get_assessment.sync(application.id, client=client).effective_stage.value,
        "purpose": said.purpose.value,
        "occurred_at": said.occurred_at == earlier,
        "refused": [type(refused) is Problem, refused.code, refused.status],
        "table": [table.dry_run, table.rows, table.applied.created, table.refused],
        "export": export_candidates.sync_detailed(client=client).content.decode("utf-8-sig").partition("\n")[0],
        "stream": stream_events.sync_detailed(client=client, seconds=0).content.decode().partition("\n")[0],
    }


print(json.dumps(main(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3]))))  # noqa: T201  the test reads it
