"""Between yes and the first day: the letter, the resignation, a counter-offer, a start that nobody has confirmed."""

from app.console import fixture_ids
from app.demo.case import Case
from app.demo.diary import Diary


def write(diary: Diary) -> None:
    """Applications 49 to 52."""
    _has_not_told_his_boss(diary)
    _they_want_to_keep_her(diary)
    _resigned_just_now(diary)
    _did_she_start(diary)


def _has_not_told_his_boss(diary: Diary) -> None:
    case = Case(diary, "-24 10:40", "Ambrose Kettering", "Capital Works Accountant")
    case.one_round(-18, "Geraldine: first of five.", "Would be his dream of a commute.", decision_by=-11)
    case.move("-10 11:00", "screening")
    check = case.check("-10 11:05", "background", "Police check")
    case.check_is("-10 11:30", check, "prepared_at")
    case.check_is("-9 10:00", check, "ready_at")
    case.check_is("-7 10:00", check, "done_at")
    case.move("-6 11:00", "offer")
    case.to_candidate("-6 11:20", "offer", "call", "Offer made; he reads the letter tonight.")
    case.milestone("-6 16:00", "written_offer")
    case.from_candidate("-5 09:30", "answer", "call", "Signed.")
    case.move("-5 09:40", "accepted")
    case.milestone("-5 09:45", "start_agreed", on=17)
    case.from_candidate("-2 12:10", "information", "call", "His manager is travelling; he wants to say it to her face.")


def _they_want_to_keep_her(diary: Diary) -> None:
    case = Case(diary, "-25 15:10", "Henrietta Boateng-Lisle", "Risk Operations Analyst", by=fixture_ids.COLLEAGUE)
    case.one_round(-19, "Vanessa: sees around corners.", "Keen on the move to payments.", decision_by=-12)
    case.from_client("-10 12:30", "offer", "call", "Vanessa: yes, at the top of the band.")
    case.move("-10 12:40", "offer")
    case.to_candidate("-10 13:00", "offer", "call", "Offer made. We went through what her boss may say.")
    case.milestone("-9 12:20", "written_offer")
    case.move("-8 12:30", "accepted")
    case.milestone("-8 12:35", "start_agreed", on=14)
    case.milestone("-3 12:10", "resigned")
    case.to_candidate("-3 17:10", "check_in", "call", "Told them at noon. Her boss asked her to sleep on it.")
    case.from_candidate("-1 16:25", "information", "email", "They match the salary and throw in a title.")
    case.milestone("-1 16:30", "counter_offer")


def _resigned_just_now(diary: Diary) -> None:
    case = Case(diary, "-20 13:20", "Yusuf Darrow-Eklund", "Calibration Technician")
    case.one_round(-14, "Akiko: Kenta would like him to start soon.", "Loved the clean room.", decision_by=-6)
    case.from_client("-4 13:10", "offer", "email", "Akiko: the offer, as we had agreed.")
    case.move("-4 13:20", "offer")
    case.to_candidate("-4 13:40", "offer", "call", "Offer made and accepted, subject to the letter.")
    case.to_client("-4 13:55", "answer", "email", "Told Akiko that he says yes and waits for the letter.")
    case.milestone("-2 12:50", "written_offer")
    case.move("-2 13:00", "accepted")
    case.from_candidate("-2 13:10", "information", "call", "Has the letter. Resigns as soon as his boss has a minute.")
    case.from_candidate("-45m", "information", "sms", "Done, just now. They were kind about it.")
    case.milestone("-40m", "resigned")


def _did_she_start(diary: Diary) -> None:
    case = Case(diary, "-36 14:50", "Philippa Ruane", "Parks Supervisor", by=fixture_ids.COLLEAGUE)
    case.one_round(-30, "Geraldine: the crew will like her.", "Walked the depot with them.", decision_by=-24)
    case.move("-23 09:50", "offer", "The delegate has signed.")
    case.to_candidate("-23 10:10", "offer", "call", "Offer made; she said yes at once.")
    case.milestone("-22 09:30", "written_offer")
    case.move("-22 10:00", "accepted")
    case.milestone("-21 11:30", "resigned")
    case.to_candidate("-21 16:40", "check_in", "call", "Resigned; four weeks, and her boss sulks.")
    case.milestone("-20 10:15", "start_agreed", on=-1)
    case.to_candidate("-15 15:20", "check_in", "call", "All well. The sulking has passed.")
    case.to_candidate("-9 15:45", "check_in", "call", "Handover nearly done.")
    case.from_candidate("-4 12:05", "information", "email", "Sent the council her bank details.")
