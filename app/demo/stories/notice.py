"""Accepted offers before the first day: offer letter, resignation, counter-offer, an unconfirmed start."""

from app.console import fixture_ids
from app.demo.builder import ApplicationBuilder
from app.demo.fact_recorder import Recorder


def write(recorder: Recorder) -> None:
    """Record the facts of applications 49 to 52 of the demo agency."""
    _has_not_told_his_boss(recorder)
    _they_want_to_keep_her(recorder)
    _resigned_just_now(recorder)
    _did_she_start(recorder)


def _has_not_told_his_boss(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-24 10:40", "Ambrose Kettering", "Capital Works Accountant")
    application.add_round(-18, "Geraldine: first of five.", "Would be his dream of a commute.", decision_by=-11)
    application.move("-10 11:00", "screening")
    check = application.check("-10 11:05", "background", "Police check")
    application.update_check("-10 11:30", check, "prepared_at")
    application.update_check("-9 10:00", check, "ready_at")
    application.update_check("-7 10:00", check, "done_at")
    application.move("-6 11:00", "offer")
    application.to_candidate("-6 11:20", "offer", "call", "Offer made; he reads the letter tonight.")
    application.milestone("-6 16:00", "written_offer")
    application.from_candidate("-5 09:30", "answer", "call", "Signed.")
    application.move("-5 09:40", "accepted")
    application.milestone("-5 09:45", "start_agreed", on=17)
    application.from_candidate(
        "-2 12:10", "information", "call", "His manager is travelling; he wants to say it to her face."
    )


def _they_want_to_keep_her(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-25 15:10", "Henrietta Boateng-Lisle", "Risk Operations Analyst", by=fixture_ids.COLLEAGUE
    )
    application.add_round(-19, "Vanessa: sees around corners.", "Keen on the move to payments.", decision_by=-12)
    application.from_client("-10 12:30", "offer", "call", "Vanessa: yes, at the top of the band.")
    application.move("-10 12:40", "offer")
    application.to_candidate("-10 13:00", "offer", "call", "Offer made. We went through what her boss may say.")
    application.milestone("-9 12:20", "written_offer")
    application.move("-8 12:30", "accepted")
    application.milestone("-8 12:35", "start_agreed", on=14)
    application.milestone("-3 12:10", "resigned")
    application.to_candidate("-3 17:10", "check_in", "call", "Told them at noon. Her boss asked her to sleep on it.")
    application.from_candidate("-1 16:25", "information", "email", "They match the salary and throw in a title.")
    application.milestone("-1 16:30", "counter_offer")


def _resigned_just_now(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-20 13:20", "Yusuf Darrow-Eklund", "Calibration Technician")
    application.add_round(-14, "Akiko: Kenta would like him to start soon.", "Loved the clean room.", decision_by=-6)
    application.from_client("-4 13:10", "offer", "email", "Akiko: the offer, as we had agreed.")
    application.move("-4 13:20", "offer")
    application.to_candidate("-4 13:40", "offer", "call", "Offer made and accepted, subject to the letter.")
    application.to_client("-4 13:55", "answer", "email", "Told Akiko that he says yes and waits for the letter.")
    application.milestone("-2 12:50", "written_offer")
    application.move("-2 13:00", "accepted")
    application.from_candidate(
        "-2 13:10", "information", "call", "Has the letter. Resigns as soon as his boss has a minute."
    )
    application.from_candidate("-45m", "information", "sms", "Done, just now. They were kind about it.")
    application.milestone("-40m", "resigned")


def _did_she_start(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-36 14:50", "Philippa Ruane", "Parks Supervisor", by=fixture_ids.COLLEAGUE
    )
    application.add_round(-30, "Geraldine: the crew will like her.", "Walked the depot with them.", decision_by=-24)
    application.move("-23 09:50", "offer", "The delegate has signed.")
    application.to_candidate("-23 10:10", "offer", "call", "Offer made; she said yes at once.")
    application.milestone("-22 09:30", "written_offer")
    application.move("-22 10:00", "accepted")
    application.milestone("-21 11:30", "resigned")
    application.to_candidate("-21 16:40", "check_in", "call", "Resigned; four weeks, and her boss sulks.")
    application.milestone("-20 10:15", "start_agreed", on=-1)
    application.to_candidate("-15 15:20", "check_in", "call", "All well. The sulking has passed.")
    application.to_candidate("-9 15:45", "check_in", "call", "Handover nearly done.")
    application.from_candidate("-4 12:05", "information", "email", "Sent the council her bank details.")
