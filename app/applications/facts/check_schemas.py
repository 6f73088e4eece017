"""API schemas of checks before the first day at work. They hold dates and never a result."""

from typing import Literal

from app.applications.facts.schemas import ApplicationId, Voidable
from app.kit.field_types import At, Day, ExternalRef, Id, In, Label, Out
from app.kit.parent_refs import Referring

CheckKind = Literal["reference", "medical", "drug_alcohol", "background", "right_to_work", "licence", "other"]
ResultFrom = Literal["recruiter", "client"]


class CheckIn(In):
    """A check before the first day at work, such as a reference, a medical or a licence.

    A check has dates, never a result.
    """

    kind: CheckKind
    label: Label | None = None
    """The label of the check, such as a referee's initials. Write no health data and no result here."""
    result_from: ResultFrom | None = None
    """Who gives the result of the check. Default: the recruiter for a `reference`, else the client."""
    asked_at: At | None = None
    """When the candidate was asked for the check. Default: now."""
    booked_for: At | None = None
    """The time of the appointment for the check. It may lie in the future."""
    prepared_at: At | None = None
    """When the referee was warned (for a reference), or the candidate was informed (for other checks)."""
    ready_at: At | None = None
    """When the candidate's part was done: the details were given, the appointment was kept."""
    result_by: Day | None = None
    """The day by which the result is expected. It may lie in the future."""
    done_at: At | None = None
    """When the check was concluded. Record the outcome as a transition of the application."""
    cancelled_at: At | None = None
    """When the check was cancelled."""
    external_ref: ExternalRef | None = None


class CheckPut(Referring, CheckIn):
    """A check to create or update by its id in another system, with the application it belongs to."""

    application_id: ApplicationId


class CheckChange(In):
    """Changes of a check. Null clears a field that may be empty."""

    label: Label | None = None
    """The label of the check, such as a referee's initials. Write no health data and no result here."""
    result_from: ResultFrom | None = None
    """Who gives the result of the check. It cannot be null."""
    asked_at: At | None = None
    """When the candidate was asked for the check. It cannot be null."""
    booked_for: At | None = None
    """The time of the appointment for the check. It may lie in the future."""
    prepared_at: At | None = None
    """When the referee was warned (for a reference), or the candidate was informed (for other checks)."""
    ready_at: At | None = None
    """When the candidate's part was done: the details were given, the appointment was kept."""
    result_by: Day | None = None
    """The day by which the result is expected. It may lie in the future."""
    done_at: At | None = None
    """When the check was concluded. Record the outcome as a transition of the application."""
    cancelled_at: At | None = None
    """When the check was cancelled."""
    external_ref: ExternalRef | None = None


class CheckOut(Voidable):
    """A check before the first day at work.

    A check is open from `asked_at` until it is done or cancelled, and has no result.
    """

    id: Id
    application_id: Id
    kind: CheckKind
    label: str | None
    """The label of the check: no health data and no result."""
    result_from: ResultFrom
    """Who gives the result of the check."""
    asked_at: At
    """When the candidate was asked for the check."""
    booked_for: At | None
    """The time of the appointment for the check."""
    prepared_at: At | None
    """When the referee was warned (for a reference), or the candidate was informed (for other checks)."""
    ready_at: At | None
    """When the candidate's part of the check was done."""
    result_by: Day | None
    """The day by which the result is expected."""
    done_at: At | None
    """When the check was concluded."""
    cancelled_at: At | None
    """When the check was cancelled."""
    recorded_at: At
    external_ref: ExternalRef | None


class CheckFound(Out):
    """The check that an action is about."""

    id: Id
    kind: CheckKind
    label: str | None
    """The label of the check, such as a referee's initials."""
