"""What the desk says of the flags it is shown: seen, not now, wrong."""

from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.applications.flags.schemas import AcknowledgeIn, DismissIn, SnoozeIn
from app.applications.flags.service import acknowledge_flag, dismiss_flag, snooze_flag
from app.applications.models import flag
from app.demo.almanac import Almanac
from app.demo.diary import Diary


class Handling:
    """The part of a case that answers its flags, each by its kind: only one of a kind stands."""

    diary: Diary
    almanac: Almanac
    id: UUID
    by: UUID

    def acknowledge(self, when: str, kind: str, reason: str) -> None:
        """Seen."""
        body = AcknowledgeIn(reason=reason)
        self.diary.write(
            self.almanac.at(when), lambda work: acknowledge_flag(work, self._standing(work, kind), body), by=self.by
        )

    def snooze(self, when: str, kind: str, until: str, reason: str) -> None:
        """Not now."""
        body = SnoozeIn(until=self.almanac.at(until), reason=reason)
        self.diary.write(
            self.almanac.at(when), lambda work: snooze_flag(work, self._standing(work, kind), body), by=self.by
        )

    def dismiss(self, when: str, kind: str, reason: str) -> None:
        """Wrong."""
        body = DismissIn(reason=reason)
        self.diary.write(
            self.almanac.at(when), lambda work: dismiss_flag(work, self._standing(work, kind), body), by=self.by
        )

    def _standing(self, work: Work, kind: str) -> UUID:
        found: UUID = work.conn.execute(
            sa.select(flag.c.id).where(
                flag.c.agency_id == work.agency_id,
                flag.c.application_id == self.id,
                flag.c.kind == kind,
                flag.c.cleared_at.is_(None),
            )
        ).scalar_one()
        return found
