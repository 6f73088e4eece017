"""Asking Harvest v3: records by their ids, and pages whose cursor stands in the Link header."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.connectors.connector import Ask, Asking, Reply
from app.connectors.reading import at, ident, sequence

MOST_IDS = 50
"""The most ids that a filter takes, and so the most records on a page of ours (Harvest v3)."""
_OPTIONAL = {"users": (403, 404), "application_stages": (403, 404)}
"""What does without: a credential that may not read these is no reason to keep the rest waiting."""
_NEXT = re.compile(r'<([^<>]{1,4000})>\s*;\s*rel="?next"?')


def cursor_of(reply: Reply) -> str | None:
    """The cursor of the next page."""
    link = next((value for header, value in reply.headers.items() if header.lower() == "link"), "")
    found = _NEXT.search(link)
    return next(iter(parse_qs(urlsplit(found.group(1)).query).get("cursor", ())), None) if found else None


def by_ids(what: str, ids: Iterable[Any]) -> Asking[Mapping[str, Any]]:
    """The records of these ids, by their ids; a page holds as many as may be asked for."""
    wanted = list(dict.fromkeys(id for each in ids if (id := ident(each)) and id.isascii() and id.isdigit()))[:MOST_IDS]
    if not wanted:
        return {}
    query = {"ids": ",".join(wanted), "per_page": str(MOST_IDS)}
    reply = yield Ask(f"/{what}", query, expects=_OPTIONAL.get(what, (404,)))
    return {id: record for record in sequence(reply.document) if (id := ident(at(record, "id")))} if reply.found else {}


def of_applications(what: str, ids: Iterable[Any], **filters: str) -> Asking[Sequence[Any]]:
    """The first records of a kind that belong to these applications."""
    wanted = list(dict.fromkeys(id for each in ids if (id := ident(each)) and id.isascii() and id.isdigit()))[:MOST_IDS]
    if not wanted:
        return ()
    query = {"application_ids": ",".join(wanted), "per_page": "500", **filters}
    reply = yield Ask(f"/{what}", query, expects=_OPTIONAL.get(what, (404,)))
    return sequence(reply.document) if reply.found else ()


def bundles(applications: Iterable[Any]) -> Asking[Mapping[str, Mapping[str, Any]]]:
    """Each application with its candidate and its job, by its id: three requests for a whole page."""
    known = yield from by_ids("applications", applications)
    people = yield from by_ids("candidates", (at(each, "candidate_id") for each in known.values()))
    vacancies = yield from by_ids("jobs", (at(each, "job_id") for each in known.values()))
    return {
        id: {
            "application": each,
            "candidate": people.get(ident(at(each, "candidate_id")) or ""),
            "job": vacancies.get(ident(at(each, "job_id")) or ""),
        }
        for id, each in known.items()
    }
