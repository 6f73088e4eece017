"""Wire shapes of organisations and client contacts."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.access.schemas import CalendarException, CalendarExceptions, Email, HolidayRegion, TimeZone
from app.kit.fields import At, ExternalRef, Id, In, Line, Note, Out
from app.kit.parents import Referring, Refers

Channel = Literal[
    "phone", "voicemail", "email", "sms", "whatsapp", "video", "in_person", "linkedin", "facebook", "other_social",
    "portal", "other",
]  # fmt: skip
DirectContact = Literal["welcome", "via_recruiter"]
Social = Literal["discouraged", "welcome"]
ThankYou = Literal["direct", "via_recruiter", "unwelcome"]
ContactRole = Literal["hiring_manager", "interviewer", "hr", "other"]

OrganisationId = Annotated[Id, Refers("organisation")]
"""An organisation, by its id or by reference."""
ClientContactId = Annotated[Id, Refers("client_contact")]
"""A person at an organisation, by their id or by reference."""


def _once_each(channels: list[Channel]) -> list[Channel]:
    return list(dict.fromkeys(channels))


class ContactStyleIn(In):
    """How the organisation likes candidates to get in touch. What is left out or null follows the cautious default."""

    direct_contact: DirectContact | None = None
    """Whether candidates may contact the client's people themselves. Default: `welcome`."""
    social: Social | None = None
    """Whether they may do so on LinkedIn, Facebook and the like. Default: `discouraged`."""
    thank_you: ThankYou | None = None
    """Where a thank-you goes after an interview. Default: `direct`."""
    preferred_channels: Annotated[list[Channel], Field(max_length=50), AfterValidator(_once_each)] | None = None
    """What they like best, first."""
    note: Note | None = None


class ContactStyleOut(Out):
    """How the organisation likes candidates to get in touch, defaults included."""

    direct_contact: DirectContact
    social: Social
    thank_you: ThankYou
    preferred_channels: list[Channel]
    note: str | None


class OrganisationIn(In):
    """A new organisation: the agency's client. A calendar field left out is taken from the agency."""

    name: Line
    time_zone: TimeZone | None = None
    holiday_region: HolidayRegion | None = None
    calendar_exceptions: CalendarExceptions | None = None
    """Days on which it works or is closed, other than its holiday region says. Without a region of its own they come on
    top of the agency's."""
    contact_style: ContactStyleIn | None = None
    external_ref: ExternalRef | None = None


class OrganisationChange(In):
    """What to change of an organisation; what is left out stays, also inside `contact_style`, and null resets.

    `calendar_exceptions` is replaced as a whole.
    """

    # May be left out and not be null: the default is never read.
    name: Line = Field(default_factory=str)
    time_zone: TimeZone | None = None
    holiday_region: HolidayRegion | None = None
    calendar_exceptions: CalendarExceptions | None = None
    """Days on which it works or is closed, other than its holiday region says; null or an empty list removes all."""
    contact_style: ContactStyleIn | None = None
    external_ref: ExternalRef | None = None


class OrganisationOut(Out):
    """An organisation. A calendar field that is null is taken from the agency."""

    id: Id
    name: str
    time_zone: str | None
    holiday_region: str | None
    calendar_exceptions: list[CalendarException]
    """Days on which it works or is closed, other than its holiday region says. Without a region of its own they come on
    top of the agency's."""
    contact_style: ContactStyleOut
    external_ref: ExternalRef | None
    created_at: At


class ClientContactIn(In):
    """A new person at an organisation."""

    name: Line
    email: Email | None = None
    phone: Line | None = None
    role: ContactRole
    external_ref: ExternalRef | None = None


class ClientContactPut(Referring, ClientContactIn):
    """A person at an organisation, as another system tells of them."""

    organisation_id: OrganisationId


class ClientContactChange(In):
    """What to change of a person at an organisation; what is left out stays, null resets."""

    # These two may be left out and not be null: the defaults are never read.
    name: Line = Field(default_factory=str)
    role: ContactRole = Field(default_factory=lambda: "other")
    email: Email | None = None
    phone: Line | None = None
    external_ref: ExternalRef | None = None


class ClientContactOut(Out):
    """A person at an organisation."""

    id: Id
    organisation_id: Id
    name: str
    email: str | None
    phone: str | None
    role: ContactRole
    external_ref: ExternalRef | None
    created_at: At
