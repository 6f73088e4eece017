"""Collector for the findings of the literal rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.rules.policy import Policy


class Findings:
    """Flags with severity, start and evidence, and actions. A rule that is switched off leaves nothing here."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.severities: dict[str, str] = {}
        self.since: dict[str, datetime] = {}
        self.evidence: dict[str, set[str]] = {}
        self.actions: list[tuple[str, str, datetime, datetime]] = []

    def is_on(self, rule: str) -> bool:
        """Return whether a rule is switched on."""
        return bool(getattr(self.policy, rule).enabled)

    def flag(self, kind: str, severity: str | None, since: datetime, evidence: Iterable[str] | None = None) -> None:
        """Raise a flag where there is a severity and the rule is on."""
        if severity is None or not self.is_on(kind):
            return
        self.severities[kind], self.since[kind] = severity, since
        if evidence is not None:
            self.evidence[kind] = set(evidence)

    def act(self, kind: str, rule: str, opens_at: datetime, due_at: datetime, subject: str = "") -> None:
        """List an action where its rule is on."""
        if self.is_on(rule):
            self.actions.append((kind, subject, opens_at, due_at))
