"""Applications with references before an offer: candidates name referees, and recruiters call them."""

from app.console import fixture_ids
from app.demo.builder import ApplicationBuilder
from app.demo.fact_recorder import Recorder


def write(recorder: Recorder) -> None:
    """Record the facts of applications 47 and 48 of the demo agency."""
    _nobody_asked_for_referees(recorder)
    _two_referees(recorder)


def _nobody_asked_for_referees(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-12 09:35", "Sybil Okonkwo-Hart", "Procurement Officer", by=fixture_ids.COLLEAGUE
    )
    application.add_round(-6, "Geraldine: the panel agrees on her; two referees, please.", "Calm panel.", decision_by=5)
    application.move("-1 15:40", "reference_check")
    application.to_candidate(
        "-1 16:00", "information", "sms", "Good news from the panel; I ring you about the next step."
    )


def _two_referees(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-16 11:30", "Leopold Sze-Hartigan", "Site Reliability Engineer")
    application.add_round(-10, "Ravi: he has seen worse nights than ours.", "Liked the pager stories.", decision_by=4)
    application.move("-5 12:10", "reference_check")
    application.to_candidate(
        "-5 12:20", "information", "call", "He names two former managers and warns the first today."
    )
    first = application.check("-5 12:25", "reference", "B. Okello")
    application.update_check("-4 12:30", first, "prepared_at")
    application.update_check("-1 14:20", first, "ready_at")
    application.check("-1 14:25", "reference", "M. Thorvaldsen")
    application.check("-1 14:30", "right_to_work", "Singapore employment pass")
