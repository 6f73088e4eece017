"""The client of Harvest v3: records by ids, and pages whose cursor is in the Link header."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.connectors.contract import ApiError, ApiExchange, ApiRequest, ApiResponse
from app.connectors.parsing import folded_word, id_text, one_line, sequence, value_at
from app.connectors.toolkit import whole_id

MAX_IDS_PER_REQUEST = 50
"""The largest number of ids in a filter of Harvest v3, and of records on one page here."""
_OPTIONAL = dict.fromkeys(
    ("users", "application_stages", "offers", "rejection_details", "rejection_reasons", "openings", "close_reasons"),
    (403, 404),
)
"""The error statuses that are accepted for optional details, by collection. A credential without their scopes still
reads all other records.
"""
_NEXT = re.compile(r'<([^<>]{1,4000})>\s*;\s*rel="?next"?')


def cursor_of(response: ApiResponse) -> str | None:
    """Return the cursor of the next page from the Link header; None on the last page."""
    link = next((value for header, value in response.headers.items() if header.lower() == "link"), "")
    found = _NEXT.search(link)
    return next(iter(parse_qs(urlsplit(found.group(1)).query).get("cursor", ())), None) if found else None


def listed(response: ApiResponse) -> Sequence[Any]:
    """Return the records of a page of Harvest v3. Raise ApiError if the answer is no list."""
    if not isinstance(response.document, list):
        raise ApiError("Greenhouse answered a list with something else.")
    return response.document


def by_ids(what: str, ids: Iterable[Any]) -> ApiExchange[Mapping[str, Any]]:
    """Fetch the records of a collection with these ids, at most one page. Return a mapping of id to record."""
    wanted = list(dict.fromkeys(id for each in ids if (id := whole_id(each))))[:MAX_IDS_PER_REQUEST]
    if not wanted:
        return {}
    query = {"ids": ",".join(wanted), "per_page": str(MAX_IDS_PER_REQUEST)}
    response = yield ApiRequest(f"/{what}", query, expects=_OPTIONAL.get(what, ()))
    return (
        {id: record for record in sequence(response.document) if (id := id_text(value_at(record, "id")))}
        if response.ok
        else {}
    )


def of_applications(what: str, ids: Iterable[Any], **filters: str) -> ApiExchange[Sequence[Any]]:
    """Fetch the first records of a collection that belong to these applications."""
    return (yield from _belonging(what, "application_ids", ids, **filters))


def _belonging(what: str, by: str, ids: Iterable[Any], **filters: str) -> ApiExchange[Sequence[Any]]:
    wanted = list(dict.fromkeys(id for each in ids if (id := whole_id(each))))[:MAX_IDS_PER_REQUEST]
    if not wanted:
        return ()
    query = {by: ",".join(wanted), "per_page": "500", **filters}
    response = yield ApiRequest(f"/{what}", query, expects=_OPTIONAL.get(what, ()))
    return sequence(response.document) if response.ok else ()


def _everything(what: str, **filters: str) -> ApiExchange[Mapping[str, Any]]:
    """Fetch up to 500 records of a small collection, such as close reasons. Return a mapping of id to record."""
    response = yield ApiRequest(f"/{what}", {**filters, "per_page": "500"}, expects=_OPTIONAL[what])
    return {id_text(value_at(each, "id")) or "": each for each in sequence(response.document)} if response.ok else {}


def bundles(applications: Iterable[Any]) -> ApiExchange[Mapping[str, Mapping[str, Any]]]:
    """Fetch the candidates and jobs of applications in three requests. Return a mapping of application id to
    `{application, candidate, job}`.
    """
    known = yield from by_ids("applications", applications)
    people = yield from by_ids("candidates", (value_at(each, "candidate_id") for each in known.values()))
    vacancies = yield from by_ids("jobs", (value_at(each, "job_id") for each in known.values()))
    return {
        id: {
            "application": each,
            "candidate": people.get(id_text(value_at(each, "candidate_id")) or ""),
            "job": vacancies.get(id_text(value_at(each, "job_id")) or ""),
        }
        for id, each in known.items()
    }


def states(known: Mapping[str, Mapping[str, Any]]) -> ApiExchange[Mapping[str, Mapping[str, Any]]]:
    """Return each bundle with the current stage, the current offer and the rejection reason of its application, by
    application id.
    """
    stages = yield from of_applications("application_stages", known, current="true")
    offers = yield from of_applications("offers", known, current_only="true")
    reasons = yield from _rejection_reasons({id: value_at(each, "application") for id, each in known.items()})
    current = {id_text(value_at(each, "application_id")): each for each in stages}
    offered = {id_text(value_at(each, "application_id")): each for each in offers}
    return {
        id: {**each, "stage": current.get(id), "offer": offered.get(id), "rejection_reason": reasons.get(id)}
        for id, each in known.items()
    }


def _rejection_reasons(applications: Mapping[str, Any]) -> ApiExchange[Mapping[str, Any]]:
    """Return a mapping of application id to rejection reason. Harvest v3 names the reason in the rejection's details
    [T], seldom in the application.
    """
    rejected = {id: each for id, each in applications.items() if folded_word(value_at(each, "status")) == "rejected"}
    ids = {id: id_text(value_at(each, "rejection_reason_id")) for id, each in rejected.items()}
    details = yield from of_applications("rejection_details", (id for id, reason in ids.items() if reason is None))
    ids |= {
        id_text(value_at(each, "application_id")) or "": id_text(value_at(each, "rejection_reason_id"))
        for each in details
    }
    if not any(ids.values()):
        return {}
    reasons = yield from _everything("rejection_reasons", include_defaults="true")
    return {id: reasons.get(reason or "") for id, reason in ids.items()}


def openings(jobs: Iterable[Any]) -> ApiExchange[Mapping[str, Sequence[Any]]]:
    """Return a mapping of job id to openings, for closed jobs only. Each opening has its hired application and the name
    of its close reason.
    """
    closed = [value_at(each, "id") for each in jobs if folded_word(value_at(each, "status")) == "closed"]
    found = yield from _belonging("openings", "job_ids", closed)
    unfilled = [each for each in found if value_at(each, "close_reason_id") and not value_at(each, "application_id")]
    reasons = (yield from _everything("close_reasons")) if unfilled else {}
    by_job: dict[str, list[Any]] = {}
    for each in found:
        reason = one_line(value_at(reasons.get(id_text(value_at(each, "close_reason_id")) or ""), "name"))
        opening = {"application_id": value_at(each, "application_id"), "close_reason": reason}
        by_job.setdefault(id_text(value_at(each, "job_id")) or "", []).append(opening)
    return by_job
