"""API schemas of milestones: dated steps between the offer and the first day at work."""

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
    """A dated step between the offer and the first day at work. The latest milestone of each kind counts."""

    kind: MilestoneKind
    """The kind of step. `started` moves an application from `offer` or `accepted` to `placed`."""
    at: At | None = None
    """When the milestone was reached. Default: now."""
    on: Day | None = None
    """The first day at work: needed for `start_agreed`, refused for every other kind."""
    note: ShortNote | None = None
    """A note of a few words. Write no health data here and no result of a check."""
    external_ref: ExternalRef | None = None


class MilestonePut(Referring, MilestoneIn):
    """A milestone to create or update by its id in another system, with the application it belongs to."""

    application_id: ApplicationId


class MilestoneOut(Voidable):
    """A milestone: a dated step between the offer and the first day at work."""

    id: Id
    application_id: Id
    kind: MilestoneKind
    at: At
    """When the milestone was reached."""
    on: Day | None
    """The first day at work, for `start_agreed`; null for every other kind."""
    note: str | None
    """A note of a few words: no health data and no result of a check."""
    recorded_at: At
    external_ref: ExternalRef | None
