"""What the document says of the whole: its title, how to start, and the tags in the order of a working day."""

from typing import Any

TITLE = "Keepwarm"
VERSION = "1.0.0"
"""The contract's version; openapi/CHANGELOG.md says what each one brought."""

SERVERS: list[dict[str, str | Any]] = [{"url": "/", "description": "The service that served this document."}]
CONTACT = {"name": "The operator of this service"}
LICENSE = {"name": "All rights reserved", "identifier": "LicenseRef-All-Rights-Reserved"}

DESCRIPTION = """\
Keepwarm looks after the stretch that is easily forgotten: from the end of an interview to the first day at work.

1. Press **Authorize** and paste your API key (`kw_…`). `make run` prints one for the demo; this browser keeps it.
2. Open **Today**: the worklist is your day, the most urgent first. Press **Execute**. Once your key is entered, the
   examples that read or add name your own latest records; with the demo's key, every example works as it stands.
3. After an interview, **log the follow-up**: one call records the talk, the date they named and what was promised.
4. Ask for the **assessment** of an application to read why it is flagged, what to do next and what to say.
5. Before a candidate writes, **check the contact**: it says whether now is right, and if not, from when.
6. **Connect your CRM**: its interviews, moves, notes and calls then come in by themselves; **try** first what an event
   would do. Any other system tells Keepwarm by its own ids (the `by-ref` addresses).
7. **Have your tools told**: name an address in *Events out* and it is sent what happens, signed; or read the feed.

Errors are `application/problem+json` with a stable `code`. Instants carry an offset; answers are in UTC. Unknown
fields and query parameters are refused. `?q=` finds candidates, organisations, client contacts and jobs by name. Where
a body names a record by its id (`organisation_id`), its external reference may stand instead (`organisation`).
"""

TAGS: dict[str, str] = {
    "1 · Today": "Start here: what to do today, where everybody stands, and why something is flagged.",
    "2 · After the interview": "Record what a call brought: the follow-up, the debrief, promises, the client's dates.",
    "3 · Applications and interviews": "Put candidates on jobs, book rounds, move them from stage to stage.",
    "4 · Candidates": "The people who are looking for work: where they live and when they are away.",
    "5 · Organisations and jobs": "Your clients, their people, how they like to be contacted, and their vacancies.",
    "6 · Policy": "The numbers behind every rule: read them, change them, see how precise the rules have proved.",
    "7 · Agency and keys": "Your own agency: its calendar, its recruiters and the keys that open this service.",
    "8 · CRM connections": "Connect the CRM once, say what its words mean, see what comes in and what goes back.",
    "9 · Tables in and out": "Bring records in from CSV files and workbooks, tried first; take them out again.",
    "10 · Events out": "Have your own tools told: signed webhooks, what became of each, and a live feed of events.",
    "11 · Operator": "For whoever runs the service: make an agency.",
    "12 · Health": "For monitoring: is the service alive, is it ready, and what has it counted.",
}
"""Each tag with its sentence. A tag that is not here stands at the end without one."""
