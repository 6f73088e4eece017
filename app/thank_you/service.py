"""The use-case of checking a draft of a thank-you note against the facts about its interview."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.assessment import loaded_application
from app.applications.facts.fact_operations import find_fact
from app.applications.models import interaction, interview
from app.applications.queries import get_application
from app.jobs.queries import get_job
from app.kit.errors import invalid
from app.organisations.queries import get_organisation
from app.rules.history import CANDIDATE
from app.thank_you.checks import Occasion, Promise, check_draft
from app.thank_you.draft import Draft, topic_words
from app.thank_you.schemas import ThankYouCheckIn, ThankYouCheckOut, ThankYouFinding

_AHEAD = timedelta(days=2)
"""The time ahead within which a candidate's promise must be due for the check to look for it in the note."""
_TOPIC_FIELDS = ("feedback", "learned", "went_well")
_NAME_LETTERS = 3
"""The minimum length of a word that counts as a topic in a job's title or a client's name. Many names have three
letters."""


def check_thank_you(work: UnitOfWork, body: ThankYouCheckIn) -> ThankYouCheckOut:
    """Return the findings for a draft of a thank-you note.

    Raises 422 `language_unknown` for a note that is not in English. Raises 404 for an unknown interview.
    """
    if body.language.partition("-")[0].lower() != "en":
        raise invalid("/language", "Only notes in English can be checked: send `en`.", "language_unknown")
    draft = Draft(body.text)
    if not draft.is_english:
        raise invalid("/text", "Only notes in English can be checked; this one is in another.", "language_unknown")
    occasion = None if body.interview_id is None else _occasion(work, body.interview_id)
    findings, skipped = check_draft(draft, occasion)
    return ThankYouCheckOut(
        interview_id=body.interview_id,
        words=len(draft.words),
        findings=[ThankYouFinding.model_validate(asdict(one)) for one in findings],
        cannot_tell=skipped,
    )


def _occasion(work: UnitOfWork, interview_id: UUID) -> Occasion:
    held = find_fact(work, interview, "interview", interview_id, pointer="/interview_id")
    application = get_application(work, held["application_id"])
    loaded = loaded_application(work, application.id)
    history = loaded.history.as_of(work.now)
    soon = history.candidate.day(work.now) + _AHEAD
    promised = [
        Promise(one.description, one.due_on)
        for one in sorted(history.commitments, key=lambda one: one.due_on)
        if one.owed_by == CANDIDATE and not (one.fulfilled_at or one.cancelled_at) and one.due_on <= soon
    ]
    names = (get_job(work, application.job_id).title, get_organisation(work, application.organisation_id).name)
    topics = [topic_words(name, _NAME_LETTERS) for name in names]
    topics += [topic_words(text) for text in _recorded(work, held)]
    return Occasion(
        topics=frozenset().union(*topics),
        is_same_day=history.client.day(work.now) == history.client.day(held["ends_at"]),
        is_late=work.now >= held["ends_at"] + timedelta(hours=loaded.policy.thank_you.expires_hours),
        style=history.style.thank_you,
        promises=tuple(promised),
    )


def _recorded(work: UnitOfWork, held: sa.RowMapping) -> Iterator[str]:
    """Yield the texts about an interview that its follow-up and its debrief recorded."""
    columns = interaction.c
    rows = work.conn.scalars(
        sa.select(columns.details).where(
            columns.agency_id == work.agency_id,
            columns.application_id == held["application_id"],
            columns.interview_id == held["id"],
            columns.details.is_not(None),
            columns.voided_at.is_(None),
        )
    )
    details: Mapping[str, Any]
    for details in rows:
        yield from (details[name] for name in _TOPIC_FIELDS if details.get(name))
