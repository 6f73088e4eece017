"""API schemas of organisations and client contacts."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.access.schemas import CalendarException, CalendarExceptions, Email, HolidayRegion, TimeZone
from app.kit.field_types import At, ExternalRef, Id, In, Line, Note, Out
from app.kit.parent_refs import Referring, Refers

Channel = Literal[
    "phone", "voicemail", "email", "sms", "whatsapp", "video", "in_person", "linkedin", "facebook", "other_social",
    "portal", "other",
]  # fmt: skip
DirectContact = Literal["welcome", "via_recruiter"]
Social = Literal["discouraged", "welcome"]
ThankYou = Literal["direct", "via_recruiter", "unwelcome"]
ContactRole = Literal["hiring_manager", "interviewer", "hr", "other"]

OrganisationId = Annotated[Id, Refers("organisation")]
"""The id of an organisation, or a reference to it in another system."""
ClientContactId = Annotated[Id, Refers("client_contact")]
"""The id of a client contact, or a reference to the contact in another system."""


def _once_each(channels: list[Channel]) -> list[Channel]:
    return list(dict.fromkeys(channels))


class ContactStyleIn(In):
    """The wishes of the organisation about contact by candidates. A missing or null field has the cautious default."""

    direct_contact: DirectContact | None = None
    """Whether candidates may contact the client's people themselves. Default: `welcome`."""
    social: Social | None = None
    """Whether candidates may contact the client's people on LinkedIn, Facebook and the like. Default: `discouraged`."""
    thank_you: ThankYou | None = None
    """Where a candidate sends thanks after an interview: directly, via the recruiter, or nowhere. Default: `direct`."""
    preferred_channels: Annotated[list[Channel], Field(max_length=50), AfterValidator(_once_each)] | None = None
    """The channels that the organisation prefers, the best first."""
    note: Note | None = None


class ContactStyleOut(Out):
    """The wishes of the organisation about contact by candidates, defaults included."""

    direct_contact: DirectContact
    social: Social
    thank_you: ThankYou
    preferred_channels: list[Channel]
    note: str | None


class OrganisationIn(In):
    """A new organisation: a client of the agency. A time zone or holiday region left out is taken from the agency."""

    name: Line
    time_zone: TimeZone | None = None
    holiday_region: HolidayRegion | None = None
    calendar_exceptions: CalendarExceptions | None = None
    """Days that differ from the holiday region: the organisation works on a holiday, or is closed on a working day. If
    the organisation has no region, they are added to the agency's exceptions."""
    contact_style: ContactStyleIn | None = None
    external_ref: ExternalRef | None = None


class OrganisationChange(In):
    """Changes of an organisation. Fields left out keep their values, also inside `contact_style`; null resets a field.

    `calendar_exceptions` is replaced as a whole.
    """

    # Optional but not nullable: the default is never read.
    name: Line = Field(default_factory=str)
    time_zone: TimeZone | None = None
    holiday_region: HolidayRegion | None = None
    calendar_exceptions: CalendarExceptions | None = None
    """Days that differ from the holiday region: the organisation works on a holiday, or is closed on a working day.
    Null or an empty list removes all exceptions."""
    contact_style: ContactStyleIn | None = None
    external_ref: ExternalRef | None = None


class OrganisationOut(Out):
    """An organisation: a client of the agency. A time zone or holiday region that is null is taken from the agency."""

    id: Id
    name: str
    time_zone: str | None
    holiday_region: str | None
    calendar_exceptions: list[CalendarException]
    """Days that differ from the holiday region: the organisation works on a holiday, or is closed on a working day. If
    the organisation has no region, they are added to the agency's exceptions."""
    contact_style: ContactStyleOut
    external_ref: ExternalRef | None
    created_at: At


class ClientContactIn(In):
    """A new client contact: a person at an organisation."""

    name: Line
    email: Email | None = None
    phone: Line | None = None
    role: ContactRole
    external_ref: ExternalRef | None = None


class ClientContactPut(Referring, ClientContactIn):
    """A client contact to create or update by an id in another system, with the contact's organisation."""

    organisation_id: OrganisationId


class ClientContactChange(In):
    """Changes of a client contact. Fields left out keep their values; null resets a field."""

    # Optional but not nullable: the defaults are never read.
    name: Line = Field(default_factory=str)
    role: ContactRole = Field(default_factory=lambda: "other")
    email: Email | None = None
    phone: Line | None = None
    external_ref: ExternalRef | None = None


class ClientContactOut(Out):
    """A client contact: a person at an organisation."""

    id: Id
    organisation_id: Id
    name: str
    email: str | None
    phone: str | None
    role: ContactRole
    external_ref: ExternalRef | None
    created_at: At
