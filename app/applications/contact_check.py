"""Contact checks: which flags a contact would raise, asked of the rules before the contact is made."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.access.unit_of_work import UnitOfWork
from app.applications.assessment import flag_found, loaded_application
from app.applications.history_loader import LoadedApplication
from app.applications.models import application
from app.applications.schemas import ContactCheckOut
from app.kit.damaged_rows import check_damage
from app.rules.action_kinds import ActionKind
from app.rules.contact_check import ContactAnswer, check_contact
from app.rules.history import Interaction
from app.rules.stages import ENDED
from app.rules.wording import date_text

_CONSIDERED = "considered"
"""The id of the planned contact during the check. The id is removed from the evidence in the answer."""


@check_damage(application)
def check_contact_now(
    work: UnitOfWork,
    application_id: UUID,
    from_party: str,
    to_party: str,
    channel: str,
    purpose: str,
    two_way: bool,
    at: datetime | None,
) -> ContactCheckOut:
    """Return the flags that a contact at `at` (default: now) would raise.

    The answer also has the time from which, or the channels by which, the contact would raise none. Nothing is stored.
    """
    at = at or work.now
    loaded = loaded_application(work, application_id)
    contact = Interaction(_CONSIDERED, at, from_party, to_party, channel, purpose, two_way)
    answer = check_contact(loaded.history, loaded.policy, contact)
    flags = []
    for flag, reason in zip(answer.flags, answer.reasons, strict=True):
        known = replace(flag, evidence=tuple(id for id in flag.evidence if id != _CONSIDERED))
        flags.append(flag_found(known, at).model_copy(update={"reason": reason}))
    return ContactCheckOut.model_validate(
        {
            "verdict": _verdict(answer),
            "at": at,
            "until": answer.until,
            "channels": list(answer.channels),
            "reasons": list(answer.reasons),
            "flags": flags,
            "note": _note(loaded, at),
        }
    )


def _verdict(answer: ContactAnswer) -> str:
    if answer.ok:
        return "ok"
    return "other_channel" if answer.channels and answer.until is None else "wait"


def _note(loaded: LoadedApplication, at: datetime) -> str | None:
    """Return a note on an ended application: its end, and which contacts remain possible.

    Return None for an active application.
    """
    found = loaded.assessed(at)
    if found.stage not in ENDED:
        return None
    local = loaded.history.agency
    stage = found.stage.replace("_", " ")
    note = f"This application ended on {date_text(local.day(found.stage_since))} ({stage}): no contact raises a flag."
    if any(action.kind is ActionKind.CLOSE_LOOP for action in found.actions):
        note += " The candidate has not been informed since: a message to the candidate is still due."
    else:
        note += (
            " There is no decision left to ask for; both sides may still be thanked, answered and kept in touch with."
        )
    return f"{note} To go on with it, reopen it: move it to an active stage with `reopen: true` and a reason."
