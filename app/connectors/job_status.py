"""The status of a job, from the vendor's open flag and the label of the status in the CRM."""

import re
from typing import Any, Literal

from app.connectors.parsing import folded_word, one_line

JobStatus = Literal["open", "on_hold", "filled", "closed"]

_ON_HOLD = re.compile(r"onhold|^hold|hold$|paused|frozen|suspended")
# "Unfilled", "not filled" and "replaced" do not mean filled.
_FILLED = re.compile(r"(?<!un)(?<!not)(?<!re)(filled|placed)|^hired$")
_CLOSED = re.compile(r"closed|cancel|archive|^lost|unfilled|notfilled|withdrawn|inactive|expired")
_OPEN = re.compile(r"open|^active$|^live$|published|accepting|advertis")


def job_status(label: Any, is_open: bool | None = None) -> JobStatus | None:
    """Return the status of a job from its status label and its open flag; None if neither gives a status.

    The flag is the vendor's own definition. A job that is not open is `closed` unless the label says more.
    """
    folded = folded_word(label) or ""
    if _ON_HOLD.search(folded):
        return "on_hold"
    if is_open is True:
        return "open"
    if _FILLED.search(folded):
        return "filled"
    if is_open is False or _CLOSED.search(folded):
        return "closed"
    return "open" if _OPEN.search(folded) else None


def unknown_status(label: Any, status: JobStatus | None) -> tuple[str, ...]:
    """Return a tuple with `job status: <label>` if the label gave no status, else an empty tuple."""
    text = one_line(label, 80)
    return (f"job status: {text}",) if text and status is None else ()
