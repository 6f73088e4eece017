"""Notes of Bullhorn. A note that names several people becomes one activity about all of them."""

import html
from datetime import datetime
from itertools import product
from typing import Any, Literal

from app.connectors.canonical_records import Activity, Subject
from app.connectors.contract import Translation
from app.connectors.crm.bullhorn.people import candidate_records, job_records, version_of
from app.connectors.parsing import id_text, mapping, note_text, one_line, parse_instant, sequence, value_at
from app.connectors.toolkit import first_value, marker_of

_MAX_SUBJECTS = 200
"""The largest number of applications that one note is logged on."""


def activity(id: str, document: Any, event_time: datetime) -> Translation:
    """Return a Bullhorn note as one activity, about each of its candidates on each of its jobs."""
    version, action = version_of(document, event_time), one_line(value_at(document, "action"), 80)
    people, contacts = (
        _people(document, "candidates", "Candidate"),
        _people(document, "clientContacts", "ClientContact"),
    )
    candidates = [candidate for person in people if (candidate := id_text(person.get("id")))]
    whose: list[str | None] = [*candidates] or [None]
    where: list[str | None] = [*_jobs(document)] or [None]
    (candidate, job), *others = product(whose, where)
    record = Activity(
        id=id,
        version=version,
        type=f"note: {action}" if action else "note",
        occurred_at=parse_instant(value_at(document, "dateAdded")) or version,
        text=_plain(value_at(document, "comments")),
        candidate_id=candidate,
        client_contact_id=first_value(id_text(person.get("id")) for person in contacts),
        job_id=job,
        party=_party(document, bool(people), bool(contacts)),
        mark=marker_of(note_text(value_at(document, "comments")), one_line(value_at(document, "externalID"), 100)),
        also=tuple(Subject(candidate_id=one, job_id=on) for one, on in others[: _MAX_SUBJECTS - 1]),
    )
    about = [each for person in people for each in candidate_records(person, event_time)]
    left_out = len(others) + 1 - _MAX_SUBJECTS
    ignored = f"The note names {left_out} more applications than are read of one." if left_out > 0 else None
    return Translation([*about, *job_records(value_at(document, "jobOrder"), event_time), record], ignored)


def _people(document: Any, many: str, subtype: str) -> list[Any]:
    """Return the people in the note's field `many`. A note that names nobody is about its `personReference`, if that is
    of `subtype` [V: Note].
    """
    named = [_listed(document, one) for one in ("candidates", "clientContacts")]
    if any(named):
        return _listed(document, many)
    person = mapping(value_at(document, "personReference"))
    return [person] if person.get("_subtype") == subtype else []


def _listed(document: Any, many: str) -> list[Any]:
    return [one for one in sequence(value_at(document, many, "data")) if mapping(one)]


def _jobs(document: Any) -> list[str]:
    """Return the ids of the jobs of a Bullhorn note: the primary job (`jobOrder`) first, then those of `jobOrders` [V:
    Note].
    """
    named = [value_at(document, "jobOrder", "id"), *(one.get("id") for one in _listed(document, "jobOrders"))]
    return list(dict.fromkeys(job for value in named if (job := id_text(value))))


def _party(document: Any, candidates: bool, contacts: bool) -> Literal["candidate", "client"] | None:
    """Return whether the recruiter spoke to the candidate or to the client. For a note that names both,
    `personReference` decides [V: Note].
    """
    if candidates != contacts:
        return "candidate" if candidates else "client"
    sides: dict[Any, Literal["candidate", "client"]] = {"Candidate": "candidate", "ClientContact": "client"}
    return sides.get(value_at(document, "personReference", "_subtype")) if candidates else None


def _plain(comments: Any) -> str | None:
    """Return the text of a Bullhorn note without its HTML."""
    text = html.unescape(note_text(comments) or "")
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t").strip()[:10_000] or None
