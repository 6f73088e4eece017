"""The demo's stories by theme: functions that record the facts of applications.

Their order determines the numbers of the records, so new stories are added at the end.
"""

from collections.abc import Callable

from app.demo.fact_recorder import Recorder
from app.demo.stories import (
    cadence,
    checks,
    closing,
    documented_applications,
    notice,
    offers,
    recent_interviews,
    silence,
    waiting,
)

STORIES: tuple[Callable[[Recorder], None], ...] = (
    documented_applications.write,
    recent_interviews.write,
    waiting.write,
    silence.write,
    cadence.write,
    offers.write,
    closing.write,
    checks.write,
    notice.write,
    closing.write_kept_warm,
    closing.write_left_waiting,
    cadence.write_coached,
    recent_interviews.write_on_shift,
)
