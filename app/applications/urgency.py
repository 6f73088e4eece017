"""Urgency of actions, and whether they are hidden: both follow from the flags that an action answers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.rules.action_kinds import Action, answers_flag
from app.rules.flags import Severity

NO_FLAG = 3
"""The urgency of an action that answers no open flag."""

HIDDEN_FOREVER = datetime(2199, 12, 31, tzinfo=UTC)
"""The instant until which an action is hidden if its flag was acknowledged or dismissed."""

FlagRow = Mapping[str, Any]


def answered_flags(found: Action, flags: Iterable[FlagRow]) -> list[FlagRow]:
    """Return a list of the active flags for which the action is the remedy."""
    return [row for row in flags if answers_flag(found, row["kind"], row["evidence"], row["detail"])]


def is_snoozed(row: FlagRow, now: datetime) -> bool:
    """Return True if a flag is snoozed and the snooze has not ended by `now`."""
    return bool(row["state"] == "snoozed" and row["snoozed_until"] > now)


def hidden_until(flags: Sequence[FlagRow], now: datetime) -> datetime | None:
    """Return the instant until which an action is hidden, because all its flags were handled.

    Return None if it is visible. `flags` are the flags that the action answers.
    """
    if not flags or any(_is_open(row, now) for row in flags):
        return None
    return min(_returns_at(row) for row in flags)


def urgency(flags: Sequence[FlagRow], now: datetime) -> int:
    """Return the urgency of the most severe open flag: 0 critical, 1 warning, 2 watch, 3 no flag.

    `flags` are the flags that an action answers. A hidden action gets the urgency that it will have when it returns, so
    that no write is needed then.
    """
    counted = [row for row in flags if _is_open(row, now)]
    if not counted and (back := hidden_until(flags, now)) is not None and back < HIDDEN_FOREVER:
        counted = [row for row in flags if _returns_at(row) == back]
    ranks = [Severity(row["severity"]).rank for row in counted]
    return Severity.CRITICAL.rank - max(ranks) if ranks else NO_FLAG


def severity_of(value: int) -> Severity | None:
    """Return the severity that an urgency number stands for, or None for the urgency without a flag."""
    return None if value == NO_FLAG else tuple(Severity)[Severity.CRITICAL.rank - value]


def _is_open(row: FlagRow, now: datetime) -> bool:
    return row["state"] == "open" or (row["state"] == "snoozed" and not is_snoozed(row, now))


def _returns_at(row: FlagRow) -> datetime:
    return row["snoozed_until"] if row["state"] == "snoozed" else HIDDEN_FOREVER
