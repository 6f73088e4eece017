"""The title, the introduction and the tags of the OpenAPI document, in the order of a working day."""

from typing import Any

TITLE = "Keepwarm"
VERSION = "1.0.0"
"""The version of the HTTP API. openapi/CHANGELOG.md lists the changes."""

SERVERS: list[dict[str, str | Any]] = [{"url": "/", "description": "The service that served this document."}]
CONTACT = {"name": "The operator of this service"}
LICENSE = {"name": "All rights reserved", "identifier": "LicenseRef-All-Rights-Reserved"}

DESCRIPTION = """\
Keepwarm looks after candidates from the end of an interview to the first day at work.

1. Press **Authorize** and paste your API key (`kw_…`). `make run` prints one for the demo; this browser keeps it.
2. Open **Today**: the worklist shows what to do, the most urgent first. Press **Execute**. With your own key, examples
   that read or add use your newest records; with the demo's key, every example works as it is.
3. After an interview, **log the follow-up**: one request records the call, the decision date and the commitments.
4. Get the **assessment** of an application to read why it is flagged, what to do next and what to say.
5. Before a candidate writes, **check the contact**: it says whether to write now, and if not, from when.
6. **Connect your CRM**: its interviews, moves, notes and calls are then imported; **try** an event first in a dry run.
   Other systems record data under their own ids (the `by-ref` addresses).
7. **Receive events**: add a webhook endpoint in *Events out* to get signed events, or read the feed.

Errors are `application/problem+json` with a stable `code`. Instants carry an offset; answers are in UTC. Unknown
fields and query parameters are refused. `?q=` finds candidates, organisations, client contacts and jobs by name. Where
a body names a record by its id (`organisation_id`), its external reference may stand instead (`organisation`).
"""

TAGS: dict[str, str] = {
    "1 · Today": "Start here: what to do today, the pipeline, and why something is flagged.",
    "2 · After the interview": "Record a call: the follow-up, the debrief, commitments, the client's dates.",
    "3 · Applications and interviews": "Open applications, book interviews, move between stages.",
    "4 · Candidates": "Candidates: where they live and when they are away.",
    "5 · Organisations and jobs": "Your clients, their contacts, how they like to be contacted, and their jobs.",
    "6 · Policy": "The thresholds of every rule: read them, change them, and see the precision of the rules.",
    "7 · Agency and keys": "Your agency: its calendar, its recruiters and its API keys.",
    "8 · CRM connections": "Connect a CRM, map its statuses, see what is imported and what is written back.",
    "9 · Tables in and out": "Import records from CSV files and workbooks, with a dry run first; export them again.",
    "10 · Events out": "Signed webhooks, their deliveries, and a live feed of events.",
    "11 · Operator": "For the operator of the service: make an agency.",
    "12 · Health": "For monitoring: health, readiness and metrics.",
}
"""The description of each tag, in the order of the document. Tags that are not listed follow at the end."""
