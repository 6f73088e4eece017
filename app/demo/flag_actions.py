"""Actions on flags in the demo: acknowledge, snooze and dismiss."""

from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.flags.schemas import AcknowledgeIn, DismissIn, SnoozeIn
from app.applications.flags.service import acknowledge_flag, dismiss_flag, snooze_flag
from app.applications.models import flag
from app.demo.dates import RelativeDates
from app.demo.fact_recorder import Recorder


class FlagActions:
    """The methods of the application builder that act on flags.

    A flag is named by its kind, since an application has at most one active flag of a kind.
    """

    recorder: Recorder
    dates: RelativeDates
    id: UUID
    by: UUID

    def acknowledge(self, when: str, kind: str, reason: str) -> None:
        """Acknowledge the application's active flag of a kind."""
        body = AcknowledgeIn(reason=reason)
        self.recorder.record(
            self.dates.at(when), lambda work: acknowledge_flag(work, self._active_flag(work, kind), body), by=self.by
        )

    def snooze(self, when: str, kind: str, until: str, reason: str) -> None:
        """Snooze the application's active flag of a kind. `until` is a relative date too."""
        body = SnoozeIn(until=self.dates.at(until), reason=reason)
        self.recorder.record(
            self.dates.at(when), lambda work: snooze_flag(work, self._active_flag(work, kind), body), by=self.by
        )

    def dismiss(self, when: str, kind: str, reason: str) -> None:
        """Dismiss the application's active flag of a kind."""
        body = DismissIn(reason=reason)
        self.recorder.record(
            self.dates.at(when), lambda work: dismiss_flag(work, self._active_flag(work, kind), body), by=self.by
        )

    def _active_flag(self, work: UnitOfWork, kind: str) -> UUID:
        found: UUID = work.conn.execute(
            sa.select(flag.c.id).where(
                flag.c.agency_id == work.agency_id,
                flag.c.application_id == self.id,
                flag.c.kind == kind,
                flag.c.cleared_at.is_(None),
            )
        ).scalar_one()
        return found
