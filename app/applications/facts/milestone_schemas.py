"""Schemas of milestones: dated steps between the offer and the first day."""

from typing import Literal

from app.applications.facts.schemas import ApplicationId, Voidable
from app.kit.field_types import At, Day, ExternalRef, Id, In, ShortNote
from app.kit.parent_refs import Referring

MilestoneKind = Literal[
    "written_offer",
    "resigned",
    "nothing_to_resign",
    "counter_offer",
    "counter_offer_declined",
    "start_agreed",
    "started",
]


class MilestoneIn(In):
    """A dated step between the offer and the first day. The latest of each kind counts."""

    kind: MilestoneKind
    """`started` moves an application from `offer` or `accepted` to `placed`."""
    at: At | None = None
    """When the milestone was reached. Default: now."""
    on: Day | None = None
    """The first day at work: needed for `start_agreed`, refused for every other kind."""
    note: ShortNote | None = None
    """A few words. Write no health data here and no result of a check."""
    external_ref: ExternalRef | None = None


class MilestonePut(Referring, MilestoneIn):
    """A milestone under another system's id, with its application."""

    application_id: ApplicationId


class MilestoneOut(Voidable):
    """A milestone."""

    id: Id
    application_id: Id
    kind: MilestoneKind
    at: At
    """When the milestone was reached."""
    on: Day | None
    """The first day at work, for `start_agreed`; null for every other kind."""
    note: str | None
    """A few words: no health data and no result of a check."""
    recorded_at: At
    external_ref: ExternalRef | None
