"""Wire shapes of agencies, recruiters and API keys."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.access.caller import Role
from app.kit.fields import At, Id, In, Line, Out, YesNo, matching
from app.rules.calendar import known_region, known_zone


def _zone(name: str) -> str:
    if not known_zone(name):
        raise ValueError("must be an IANA time zone, such as Australia/Sydney")
    return name


def _region(code: str) -> str:
    if not known_region(code):
        raise ValueError(
            "is not a holiday region, such as AU-NSW: a country by its two letters, with a part of it or without "
            "(ISO 3166)"
        )
    return code


TimeZone = Annotated[str, Field(min_length=1, max_length=64, examples=["Australia/Sydney"]), AfterValidator(_zone)]
HolidayRegion = Annotated[str, Field(min_length=2, max_length=40, examples=["AU-NSW"]), AfterValidator(_region)]
Email = Annotated[
    str,
    Field(max_length=320),
    *matching(
        r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$",
        "must be one e-mail address and no name, such as kim@example.com",
    ),
]


class AgencyIn(In):
    """A new agency: the tenant, with the calendar its own duties follow."""

    name: Line
    time_zone: TimeZone
    holiday_region: HolidayRegion


class AgencyChange(In):
    """What to change of the agency; what is left out stays."""

    name: Line | None = None
    time_zone: TimeZone | None = None
    holiday_region: HolidayRegion | None = None


class AgencyOut(Out):
    """The agency."""

    id: Id
    name: str
    time_zone: str
    holiday_region: str
    policy_version: int
    """Counts the changes of policy at any level: agency, organisation or job."""
    created_at: At


class AgencyMade(Out):
    """A new agency and its first admin key, which is shown this once."""

    agency: AgencyOut
    api_key: str


class RecruiterIn(In):
    """A consultant or account manager of the agency."""

    name: Line
    email: Email | None = None


class RecruiterChange(In):
    """What to change of a recruiter; `active: false` for one who has left."""

    name: Line | None = None
    email: Email | None = None
    active: YesNo | None = None


class RecruiterOut(Out):
    """A recruiter."""

    id: Id
    name: str
    email: str | None
    active: bool
    created_at: At


KeyRole = Literal["viewer", "recruiter", "admin"]


class ApiKeyIn(In):
    """A new key. Bind it to a recruiter and the worklist shows that recruiter's day without being asked."""

    name: Line
    role: KeyRole = "recruiter"
    recruiter_id: Id | None = None
    expires_at: At | None = None


class ApiKeyOut(Out):
    """A key without its secret."""

    id: Id
    name: str
    role: Role
    recruiter_id: Id | None
    created_at: At
    expires_at: At | None
    revoked_at: At | None


class ApiKeyMade(Out):
    """A key with its secret, which is shown this once."""

    key: ApiKeyOut
    api_key: str


class RotationIn(In):
    """How long the old key goes on working beside the new one."""

    overlap_hours: Annotated[int, Field(ge=0, le=720, strict=True)] = 24


def given(change: In) -> dict[str, object]:
    """The fields that a change really names, so that null and left out stay two things."""
    return change.model_dump(exclude_unset=True)
