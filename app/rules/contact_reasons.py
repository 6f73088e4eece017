"""Reasons against a contact that has not been made yet: one sentence for each flag, such as “this would be …”."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.rules.flag_reasons import UNWELCOME, channel_text
from app.rules.flags import Flag, FlagKind
from app.rules.history import CLIENT, Interaction
from app.rules.wording import DetailReader, as_date, counted, ordinal, sentence


def explain_objection(flag: Flag, current: Flag | None, contact: Interaction) -> str:
    """Return a sentence that says why the contact would raise the flag `flag`.

    `current` is the flag of that kind without the contact.
    """
    return sentence(_EXPLAINED.get(flag.kind, _any_other)(flag, current, contact))


def _over_contacting(flag: Flag, current: Flag | None, contact: Interaction) -> str:
    read = DetailReader(flag.detail, contact.at)
    on, days = flag.detail["contacted_on"], counted(flag.detail["window_days"], "day")
    joins = current is not None and len(current.detail["contacted_on"]) == len(on)
    if joins:
        text = f"this would add to the contact of {read.day_of(as_date(on[-1], read.calendar))}"
        text += f", the candidate's {ordinal(len(on))} within {days}"
    else:
        text = f"this would be the candidate's {ordinal(len(on))} contact within {days}{_after(read, on[:-1])}"
    if "let_off_on" in flag.detail:
        text += f", not counting the one of {read.days_of(flag.detail['let_off_on'])}, which was right"
    return text if flag.detail["pressing"] else f"{text}, though none presses for an answer"


def _premature_contact(flag: Flag, current: Flag | None, contact: Interaction) -> str:
    read = DetailReader(flag.detail, contact.at)
    *earlier, asked = flag.detail["asked"]
    whom = "the client" if contact.receiver == CLIENT else "you"
    same_day = ", the day of the interview" if asked["same_day"] else ""
    on, opens_on = (read.day_of(as_date(asked[key], read.calendar)) for key in ("on", "opens_on"))
    text = f"it would be too early to ask {whom} on {on}{same_day}; it is right from {opens_on} on"
    if earlier:
        text += f"; the candidate asked too early on {read.days_of([one['on'] for one in earlier])} already"
    return text


def _off_channel_contact(flag: Flag, current: Flag | None, contact: Interaction) -> str:
    read = DetailReader(flag.detail, contact.at)
    *earlier, considered = flag.detail["contacts"]
    text = f"this would reach the client {channel_text(contact.channel)}, {UNWELCOME[considered['why']]}"
    if earlier:
        text += f"; the candidate did so on {read.days_of([one['on'] for one in earlier])} already"
    return text


def _going_quiet(flag: Flag, current: Flag | None, contact: Interaction) -> str:
    read, on = DetailReader(flag.detail, contact.at), flag.detail["asked_on"]
    return (
        f"this would be the {ordinal(len(on))} attempt to reach the candidate{_after(read, on[:-1])}, without an answer"
    )


def _any_other(flag: Flag, current: Flag | None, contact: Interaction) -> str:
    return f"this contact would raise the flag {flag.kind.replace('_', ' ')} as {flag.severity}"


def _after(read: DetailReader, earlier: Sequence[str]) -> str:
    """Return a clause that lists the dates of earlier contacts, or "" without earlier contacts.

    Examples are `, after the one on 5 Mar` and `, after those on 5 and 7 Mar`.
    """
    if not earlier:
        return ""
    return f", after {'the one' if len(earlier) == 1 else 'those'} on {read.days_of(earlier)}"


_EXPLAINED: dict[FlagKind, Callable[[Flag, Flag | None, Interaction], str]] = {
    FlagKind.OVER_CONTACTING: _over_contacting,
    FlagKind.PREMATURE_CONTACT: _premature_contact,
    FlagKind.OFF_CHANNEL_CONTACT: _off_channel_contact,
    FlagKind.GOING_QUIET: _going_quiet,
}
"""The flag kinds that a contact can raise under the current rules, each with the function that writes its reason."""
