"""Recruitee: signed webhooks that carry candidate, job and the stages of a move; interviews are polled."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.connectors.connector import (
    Account,
    Arrived,
    Ask,
    Asking,
    Connector,
    Event,
    Finding,
    Greeting,
    NotConnected,
    Page,
    Refused,
    Stream,
    Translation,
)
from app.connectors.crm.recruitee import records
from app.connectors.crm.recruitee.applications import disqualified, moment, offer_of
from app.connectors.crm.recruitee.guide import GUIDE
from app.connectors.parsing import at, digest, document, ident, line, sequence
from app.connectors.paths import segment
from app.connectors.signing import check_hex
from app.kit.errors import Problem

_LISTED = {"offers": "offers", "candidates": "candidates", "interviews": "interview/events"}
_HELD_LATELY, _BOOKED_AHEAD = timedelta(days=14), timedelta(days=90)
"""The days around now whose interviews are looked at again: they are moved and cancelled late."""
_A_PAGE = 100


class Recruitee(Connector):
    """A candidate's placement in an offer is an application, named `<candidate>:<offer>`, for an event tells both ids.

    Sources: set-up, test requests, retries [V, docs.recruitee.com/docs/webhooks]; signature, `details` of a move, and
    notes [T, clients in public]; the fields of placements and jobs [T, recorded answers]; the paths of interviews and
    of a change of stage, the pages of jobs [T, tools that name Recruitee's paths]; the body's envelope besides [U],
    read leniently. Notes can be read a candidate at a time only and are not walked.
    """

    system = "recruitee"
    title = "Recruitee"
    guide = GUIDE
    signed_by = "their_secret"
    known_stages = {"@hired": "accepted", "@rejected": "rejected"}
    streams = (Stream("offers"), Stream("candidates"), Stream("interviews", every=timedelta(minutes=15)))

    def greeting(self, request: Arrived) -> Greeting | None:
        """The buttons Test and Test payload: the latter carries an example event beside `test` [V]. They are pressed
        before the secret can be known here, so that they are answered unsigned; nothing of them is kept."""
        try:
            body = document(request.body)
        except Refused:
            return None
        return Greeting(signed=False) if at(body, "test") is True else None

    def verify(self, request: Arrived, secrets: Sequence[str]) -> None:
        """HMAC-SHA256 of the body in hex."""
        check_hex(request.headers.get("x-recruitee-signature", ""), secrets, request.body)

    def event(self, request: Arrived) -> Event:
        """The event under the hash of what it says; a count of attempts would make every retry another one."""
        body = document(request.body)
        said = dict(body, attempt_count=None) if isinstance(body, dict) else body
        kind, sub = line(at(body, "event_type"), 40) or "unknown", line(at(body, "event_subtype"), 39)
        key = digest(json.dumps(said, sort_keys=True).encode())
        return Event(key, f"{kind}/{sub}" if sub else kind, body, moment(at(body, "created_at")))

    def translate(self, event: Event, account: Account) -> Asking[Translation]:
        """What the event carries; a polled interview asks for its candidate."""
        return records.translate(event)

    def address(self, account: Account) -> str:
        """The company's part of the API."""
        company = segment(account.settings.get("company_id"))
        if company is None:
            raise NotConnected("company_id")
        return f"{account.settings.get('base_url', 'https://api.recruitee.com').rstrip('/')}/c/{company}"

    def headers(self, account: Account) -> Mapping[str, str]:
        """The token as a bearer."""
        if not (token := account.credentials.get("api_token")):
            raise NotConnected("api_token")
        return {"Authorization": f"Bearer {token}"}

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> Asking[Page]:
        """A hundred candidates by their offset, or a hundred offers or interviews by their page."""
        step = told if isinstance(told := cursor.get("step"), int) and told > 0 else 0
        query = {"limit": str(_A_PAGE)}
        match stream:
            case "interviews":
                first, last = min(since, now) - _HELD_LATELY, now + _BOOKED_AHEAD
                days = {"start_date": first.date().isoformat(), "end_date": last.date().isoformat()}
                query |= {"page": str(step + 1), "scope": "all", "status": "all", **days}
            case "candidates":
                query |= {"offset": str(step * _A_PAGE), "created_after": since.date().isoformat()}
            case _:  # jobs have pages since December 2025, and had an offset before [T]
                query |= {"page": str(step + 1), "offset": str(step * _A_PAGE)}
        reply = yield Ask(_LISTED[stream], query)
        listed = "interview_events" if stream == "interviews" else stream
        things = [thing for thing in sequence(at(reply.document, listed)) if isinstance(thing, Mapping)]
        kind = stream.removesuffix("s")
        items = [
            Event(
                f"{kind}:{digest(json.dumps(thing, sort_keys=True).encode())}",
                f"fetched.{kind}",
                {**thing, "fetched_at": now.isoformat()},
                moment(thing.get("updated_at")),
            )
            for thing in things
        ]
        more = len(things) == _A_PAGE
        return Page(items, {"step": step + 1} if more else {}, more)

    def write(self, finding: Finding, account: Account) -> Asking[str]:
        """A note on the candidate that the hiring team reads; nobody is mentioned in it."""
        candidate = segment(finding.candidate_id)
        if candidate is None:
            raise Problem(409, "cannot_write_back", "This is no candidate of Recruitee.")
        path = f"candidates/{candidate}/notes"
        if finding.again:
            reply = yield Ask(path)
            for one in sequence(at(reply.document, "notes")):
                if finding.mark in str(at(one, "body")):
                    return ident(at(one, "id")) or finding.mark
        # Public is what Recruitee calls a note that every member of the hiring team may read; candidates read none.
        said = {"note": {"body": finding.text, "visibility": {"level": "public"}}}
        reply = yield Ask(path, method="POST", json=said, expects=())
        return ident(at(reply.document, "note", "id")) or finding.mark

    def move(self, application_id: str, status: str, account: Account) -> Asking[None]:
        """Put the placement into another stage. Refused for a disqualified candidate, whom a move would requalify."""
        candidate, _, offer = application_id.partition(":")
        stage = segment(status)
        if segment(candidate) is None or stage is None:
            raise Problem(409, "cannot_move", "Candidates of Recruitee can be moved to a stage, by the stage's id.")
        reply = yield Ask(f"candidates/{candidate}")
        for placement in sequence(at(reply.document, "candidate", "placements")):
            if offer_of(placement) == offer and (id := segment(at(placement, "id"))):
                if disqualified(placement):
                    raise Problem(409, "cannot_move", "The candidate is disqualified: requalify them in Recruitee.")
                body = {"stage_id": int(stage) if stage.isdigit() else stage}
                yield Ask(f"placements/{id}/change_stage", method="PATCH", json=body, expects=())
                return
        raise Problem(409, "cannot_move", "Recruitee no longer knows this candidate in this job.")
