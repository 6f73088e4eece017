"""Workable: signed webhooks that carry the candidate as of sending; interviews and comments are polled."""

import base64
import json
import re
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
    NotConnected,
    Page,
    Stream,
    Translation,
)
from app.connectors.crm.workable import records
from app.connectors.crm.workable.guide import GUIDE
from app.connectors.parsing import at, digest, document, ident, instant, line, sequence, word
from app.connectors.paths import below, segment
from app.connectors.signing import check, hmac_sha256
from app.kit.errors import Problem

_HEX = re.compile(r"[0-9a-fA-F]{64}")
_SUBDOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_QUARTER = timedelta(minutes=15)
_BOOKED_AHEAD = timedelta(days=14)
"""Interviews that began this long ago are looked at again: they are moved and cancelled late."""
_MAX_PAGES = 5
"""How many pages of one candidate's activities are read, a hundred each."""
_LISTED = {"activities": "candidates", "job_changes": "jobs"}
"""The list that a stream reads, where it is not named as the stream."""


class Workable(Connector):
    """A candidate of Workable stands in one job: it is the person and the application both, under one id.

    Sources: events, signing by the account's token, subscriptions, the paths of comments and moves [V, Workable's
    reference]; the encoding of the signature, hex in every client and base64 in one [T], so that either is taken; the
    envelope, the bodies of comments and moves, the lists of events, activities, jobs and stages with their filters [T,
    NangoHQ/integration-templates, integrations/workable]; the actions of activities [V, "Candidate activities"]. Hired
    and disqualified arrive as `candidate_moved` [T]. There is no webhook for jobs, and no button that sends a test.
    """

    system = "workable"
    title = "Workable"
    guide = GUIDE
    signed_by = "their_secret"
    known_stages = {"@hired": "accepted", "@rejected": "rejected", "@withdrawn": "withdrawn"}
    known_activities = {"email": {"channel": "email"}}
    streams = (
        Stream("jobs"),
        Stream("job_changes", backfill=False, every=_QUARTER),
        Stream("candidates"),
        Stream("events", every=_QUARTER),
        Stream("activities", every=_QUARTER),
    )

    def verify(self, request: Arrived, secrets: Sequence[str]) -> None:
        """HMAC-SHA256 of the body, in hex or in base64."""
        offered = request.headers.get("x-workable-signature", "")
        if _HEX.fullmatch(offered):
            check([offered.lower()], secrets, lambda secret: hmac_sha256(secret.encode(), request.body).hex())
        else:
            check(
                [offered],
                secrets,
                lambda key: base64.b64encode(hmac_sha256(key.encode(), request.body)).decode("ascii"),
            )

    def event(self, request: Arrived) -> Event:
        """The event under the hash of its body: Workable tells no id that is known to stay over retries."""
        body = document(request.body)
        kind = line(at(body, "event_type"), 80) or line(at(body, "type"), 80) or "unknown"
        return Event(digest(request.body), kind, body, instant(at(body, "fired_at")))

    def translate(self, event: Event, account: Account) -> Asking[Translation]:
        """The candidate that the event carries; asked for only where it carries no more than an id."""
        return records.translate(event)

    def address(self, account: Account) -> str:
        """The account's own SPI."""
        if base := account.settings.get("base_url"):
            return base.rstrip("/")
        subdomain = account.settings.get("subdomain", "").strip().lower()
        if not _SUBDOMAIN.fullmatch(subdomain):
            raise NotConnected("subdomain")
        return f"https://{subdomain}.workable.com/spi/v3"

    def headers(self, account: Account) -> Mapping[str, str]:
        """The token as a bearer."""
        if not (token := account.credentials.get("api_token")):
            raise NotConnected("api_token")
        return {"Authorization": f"Bearer {token}"}

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> Asking[Page]:
        """One page, by the link to the next that Workable gives."""
        listed = _LISTED.get(stream, stream)
        query = {"limit": "10" if stream == "activities" else "100"}
        match stream:
            case "candidates" | "activities" | "job_changes":
                query["updated_after"] = since.isoformat()
            case "events":
                query |= {"start_date": (since - _BOOKED_AHEAD).date().isoformat(), "include_cancelled": "true"}
        next_page = line(cursor.get("next"), 2000)
        reply = yield Ask(next_page or listed, {} if next_page else query)
        things = [thing for thing in sequence(at(reply.document, listed)) if isinstance(thing, Mapping)]
        if stream == "activities":
            items: list[Event] = []
            for thing in things:
                items += yield from _activities(thing, self.address(account), now)
        else:
            items = [_item(listed.removesuffix("s"), thing, now) for thing in things]
        further = at(reply.document, "paging", "next")
        # A link elsewhere is not followed: the token goes with every request.
        more = further if below(self.address(account), further) and things else None
        return Page(items, {"next": more} if more else {}, more is not None)

    def write(self, finding: Finding, account: Account) -> Asking[str]:
        """A comment on the candidate, for the hiring team to read."""
        member, candidate = _member(account), segment(finding.application_id or finding.candidate_id)
        if candidate is None:
            raise Problem(409, "cannot_write_back", "This is no candidate of Workable.")
        if finding.again:
            reply = yield Ask(f"candidates/{candidate}/activities", {"limit": "100"})
            for one in sequence(at(reply.document, "activities")):
                if finding.mark in str(at(one, "body")):
                    return ident(at(one, "id")) or finding.mark
        said = {"member_id": member, "comment": {"body": finding.text}}
        reply = yield Ask(f"candidates/{candidate}/comments", method="POST", json=said, expects=())
        return ident(at(reply.document, "id")) or ident(at(reply.document, "comment", "id")) or finding.mark

    def move(self, application_id: str, status: str, account: Account) -> Asking[None]:
        """To another stage, by its slug. What a candidate tells is the stage's name, so that the slug is looked up."""
        member, candidate = _member(account), segment(application_id)
        if candidate is None or status.startswith("@"):
            raise Problem(409, "cannot_move", "Candidates of Workable can be moved to a stage only.")
        reply = yield Ask("stages")
        slugs = [
            slug
            for stage in sequence(at(reply.document, "stages"))
            if (slug := line(at(stage, "slug"))) and status in (slug, at(stage, "name"))
        ]
        if not slugs:
            raise Problem(409, "cannot_move", "Workable has no stage of this name any more.")
        body = {"member_id": member, "target_stage": slugs[0]}
        yield Ask(f"candidates/{candidate}/move", method="POST", json=body, expects=())


def _member(account: Account) -> str:
    if not (member := account.settings.get("member_id")):
        raise NotConnected("member_id")
    return member


def _activities(candidate: Mapping[str, Any], address: str, now: datetime) -> Asking[list[Event]]:
    """What was written about a candidate, of all pages that Workable links to."""
    if (id := segment(candidate.get("id"))) is None:
        return []
    items: list[Event] = []
    path, query = f"candidates/{id}/activities", {"limit": "100"}
    for _ in range(_MAX_PAGES):
        reply = yield Ask(path, query)
        items += [
            _item("activity", {**thing, "candidate": {"id": id}}, now)
            for thing in sequence(at(reply.document, "activities"))
            if isinstance(thing, Mapping) and word(thing.get("action")) in records.ACTIVITIES
        ]
        further = at(reply.document, "paging", "next")
        if not below(address, further):
            break
        path, query = further, {}
    return items


def _item(kind: str, thing: Mapping[str, Any], now: datetime) -> Event:
    """Kept once for what it says. Events and jobs that do not say when they were changed are kept once a day: one that
    was moved and moved back says what it said before.
    """
    undated = kind in ("event", "job") and instant(thing.get("updated_at")) is None
    said = {**thing, "day": now.date().isoformat()} if undated else thing
    key = digest(json.dumps(said, sort_keys=True).encode())
    told = {**thing, "fetched_at": now.isoformat()}
    return Event(f"{kind}:{key}", f"fetched.{kind}", told, instant(thing.get("updated_at")))
