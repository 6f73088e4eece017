"""The caller of a request: which agency, which key, which role."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """The role of an API key. `operator` manages agencies only; `recruiter` includes `viewer`, and `admin` includes
    both."""

    viewer = "viewer"
    recruiter = "recruiter"
    admin = "admin"
    operator = "operator"

    def may(self, needed: "Role") -> bool:
        """Return True if this role may call a route that requires the role `needed`."""
        if Role.operator in (self, needed):
            return self == needed
        order = list(Role)
        return order.index(self) >= order.index(needed)


NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated caller of a use-case: an agency and a role, and perhaps an API key and a recruiter.

    A worker is a caller too: an admin of the agency that it works for, without a key.
    """

    agency_id: UUID
    role: Role
    api_key_id: UUID = NOBODY
    recruiter_id: UUID | None = None
    credential: str = ""
