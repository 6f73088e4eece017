"""API schemas of candidates."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from app.access.schemas import Email, HolidayRegion, TimeZone
from app.kit.field_types import At, Day, ExternalRef, Id, In, Line, Out
from app.kit.parent_refs import Refers

_MAX_DAYS = 366


class AwayPeriod(In):
    """A period in which the candidate cannot be expected to answer, first and last day included."""

    model_config = ConfigDict(serialize_by_alias=True)

    from_: Day = Field(alias="from", examples=["2026-12-21"])
    to: Day = Field(examples=["2027-01-05"])

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.to < self.from_:
            raise ValueError("`to` must not be before `from`")
        if (self.to - self.from_).days >= _MAX_DAYS:
            raise ValueError(f"a period of absence lasts at most {_MAX_DAYS} days")
        return self


CandidateId = Annotated[Id, Refers("candidate")]
"""The id of a candidate, or a reference to the candidate in another system."""
Away = Annotated[list[AwayPeriod], Field(max_length=50)]


class CandidateIn(In):
    """A new candidate. A time zone or holiday region left out is taken from the agency."""

    name: Line
    email: Email | None = None
    phone: Line | None = None
    time_zone: TimeZone | None = None
    holiday_region: HolidayRegion | None = None
    away: Away | None = None
    external_ref: ExternalRef | None = None


class CandidateChange(In):
    """Changes of a candidate. Fields left out keep their values; null resets a field. `away` is replaced as a whole."""

    # Optional but not nullable: the default is never read.
    name: Line = Field(default_factory=str)
    email: Email | None = None
    phone: Line | None = None
    time_zone: TimeZone | None = None
    holiday_region: HolidayRegion | None = None
    away: Away | None = None
    external_ref: ExternalRef | None = None


class CandidateOut(Out):
    """A candidate. A time zone or holiday region that is null is taken from the agency.

    An erased candidate has no personal data.
    """

    id: Id
    name: str
    email: str | None
    phone: str | None
    time_zone: str | None
    holiday_region: str | None
    away: list[AwayPeriod]
    external_ref: ExternalRef | None
    created_at: At
    erased_at: At | None
    """When the candidate was erased; null if the candidate is not erased."""
