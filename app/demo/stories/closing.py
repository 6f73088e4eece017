"""Ended applications, with or without the closing call."""

from app.console import fixture_ids
from app.demo.builder import ApplicationBuilder
from app.demo.fact_recorder import Recorder


def write(recorder: Recorder) -> None:
    """Record the facts of applications 44 to 46 of the demo agency."""
    _nobody_told_her(recorder)
    _told_the_same_day(recorder)
    _the_job_is_gone(recorder)


def _nobody_told_her(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-18 15:50", "Lorna Sheffield-Ono", "Grid Operations Lead")
    first = application.interview("-13 14:00", 90, booked="-17 16:25", interviewers=("Declan Moriarty-Voss",))
    application.complete(first)
    application.follow_up(first, "-13 17:30", "Declan: bright, but has never run a control room.")
    application.debrief(first, "-12 17:20", "Knew that it was a stretch.", interest=3)
    application.from_client("-6 10:10", "answer", "email", "Declan: not this time, no fault of hers.")
    application.move("-6 10:30", "rejected", "No experience of a control room.")


def _told_the_same_day(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-18 11:40", "Emeka Oduya-Lind", "Payments Product Manager", by=fixture_ids.COLLEAGUE
    )
    first = application.interview("-14 13:30", 45, booked="-17 12:15", kind="video")
    application.complete(first)
    application.follow_up(first, "-14 17:25", "Vanessa: too much an analyst for this one.", enthusiasm_conveyed=True)
    application.debrief(first, "-13 11:10", "Found the talk about products hard.", interest=3)
    twice = application.from_client("-11 14:00", "answer", "whatsapp", "Vanessa: a no, with regret.")
    application.void("-11 14:20", twice, "Logged twice: the CRM had it already.")
    application.from_client(
        "-11 14:00", "answer", "whatsapp", "Vanessa: a no, with regret; she would see him for analytics."
    )
    application.move("-11 14:25", "rejected", "Looks for a product person; he is an analyst.")
    application.to_candidate(
        "-11 16:10", "information", "call", "Told him straight; gave him the analytics lead instead."
    )
    application.keep_warm("-11 16:20", "Vanessa would see him for an analytics role; ring him when one comes up.")


def _the_job_is_gone(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-16 10:25", "Tariq Hassanzadeh", "Library Services Coordinator", by=fixture_ids.COLLEAGUE
    )
    first = application.interview(
        "-11 09:30", 50, booked="-15 15:35", kind="panel", interviewers=("Geraldine Ashcombe",)
    )
    application.complete(first)
    application.follow_up(first, "-11 13:00", "Geraldine: overqualified, and said so kindly.")
    application.debrief(first, "-11 17:45", "Would rather build bridges, as he said himself.", interest=2)
    application.move("-9 09:40", "cancelled", "Put forward for the council's engineering vacancy instead.")
    application.to_candidate("-9 10:00", "information", "call", "Moved over to the engineering vacancy; glad of it.")
    application.keep_warm("-9 10:10", "Wants to hear of library roles. No: he is placed with the engineers now.")


def write_kept_warm(recorder: Recorder) -> None:
    """Record the facts of application 53: a close second with a keep-warm mark, while a similar job is open."""
    application = ApplicationBuilder(
        recorder, "-47 10:20", "Rowena Castleton-Bray", "Payroll Team Leader", by=fixture_ids.COLLEAGUE
    )
    application.add_round(
        -42, "Geraldine: best of the first round.", "At ease; knows their system well.", decision_by=-36
    )
    application.move("-39 11:15", "reference_check")
    referee = application.check("-39 11:20", "reference", "J. Mbatha")
    application.update_check("-39 11:40", referee, "prepared_at")
    application.update_check("-38 09:10", referee, "ready_at")
    application.update_check("-38 15:30", referee, "done_at")
    application.from_client("-36 11:00", "answer", "call", "Geraldine: by a hair, and somebody from within.")
    application.move("-36 11:10", "rejected", "A close second: they appointed from within.")
    application.to_candidate(
        "-36 11:40", "information", "call", "Told her. Disappointed, and glad that it was so close."
    )
    application.keep_warm("-36 12:00", "A close second. Ring her at once when a payroll role comes up.")
    application.set_job_status("-36 12:10", "filled")


def write_left_waiting(recorder: Recorder) -> None:
    """Record the facts of applications 54 and 55: their job is filled, and the candidates have not been informed."""
    asked = ApplicationBuilder(
        recorder, "-18 15:20", "Solomon Arataki", "Trade Marketing Manager", by=fixture_ids.JUNIOR
    )
    asked.add_round(-13, "Piers: good, a touch young.", "Full of ideas for the spring campaign.")
    asked.to_candidate("-7 12:15", "information", "email", "Piers takes another week.")
    reserve = ApplicationBuilder(
        recorder, "-19 11:50", "Beatriz Fonseca-Lowe", "Trade Marketing Manager", by=fixture_ids.JUNIOR
    )
    reserve.add_round(-14, "Piers: a safe pair of hands, second choice.", "Sober view of the budget.")
    reserve.move("-9 12:40", "on_hold", "In reserve, until the first choice has signed.")
    reserve.to_candidate("-9 12:50", "information", "call", "Asked her to bear with them. She does.")
    reserve.from_client("-4 11:00", "information", "call", "Piers: Dominic has signed, the vacancy is filled.")
    reserve.set_job_status("-4 11:05", "filled")
    asked.from_candidate("-3 18:40", "question", "email", "The week is over: has Piers decided?")
