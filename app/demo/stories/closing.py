"""Doors that have closed: politely, or with a word still owed."""

from app.console import fixture_ids
from app.demo.case import Case
from app.demo.diary import Diary


def write(diary: Diary) -> None:
    """Applications 44 to 46."""
    _nobody_told_her(diary)
    _told_the_same_day(diary)
    _the_job_is_gone(diary)


def _nobody_told_her(diary: Diary) -> None:
    case = Case(diary, "-18 15:50", "Lorna Sheffield-Ono", "Grid Operations Lead")
    first = case.interview("-13 14:00", 90, booked="-17 16:25", with_=("Declan Moriarty-Voss",))
    case.took_place(first)
    case.follow_up(first, "-13 17:30", "Declan: bright, but has never run a control room.")
    case.debrief(first, "-12 17:20", "Knew that it was a stretch.", interest=3)
    case.from_client("-6 10:10", "answer", "email", "Declan: not this time, no fault of hers.")
    case.move("-6 10:30", "rejected", "No experience of a control room.")


def _told_the_same_day(diary: Diary) -> None:
    case = Case(diary, "-18 11:40", "Emeka Oduya-Lind", "Payments Product Manager", by=fixture_ids.COLLEAGUE)
    first = case.interview("-14 13:30", 45, booked="-17 12:15", kind="video")
    case.took_place(first)
    case.follow_up(first, "-14 17:25", "Vanessa: too much an analyst for this one.", enthusiasm_conveyed=True)
    case.debrief(first, "-13 11:10", "Found the talk about products hard.", interest=3)
    twice = case.from_client("-11 14:00", "answer", "whatsapp", "Vanessa: a no, with regret.")
    case.take_back("-11 14:20", twice, "Logged twice: the CRM had it already.")
    case.from_client("-11 14:00", "answer", "whatsapp", "Vanessa: a no, with regret; she would see him for analytics.")
    case.move("-11 14:25", "rejected", "Looks for a product person; he is an analyst.")
    case.to_candidate("-11 16:10", "information", "call", "Told him straight; gave him the analytics lead instead.")
    case.keep_warm("-11 16:20", "Vanessa would see him for an analytics role; ring him when one comes up.")


def _the_job_is_gone(diary: Diary) -> None:
    case = Case(diary, "-16 10:25", "Tariq Hassanzadeh", "Library Services Coordinator", by=fixture_ids.COLLEAGUE)
    first = case.interview("-11 09:30", 50, booked="-15 15:35", kind="panel", with_=("Geraldine Ashcombe",))
    case.took_place(first)
    case.follow_up(first, "-11 13:00", "Geraldine: overqualified, and said so kindly.")
    case.debrief(first, "-11 17:45", "Would rather build bridges, as he said himself.", interest=2)
    case.move("-9 09:40", "cancelled", "Put forward for the council's engineering vacancy instead.")
    case.to_candidate("-9 10:00", "information", "call", "Moved over to the engineering vacancy; glad of it.")
    case.keep_warm("-9 10:10", "Wants to hear of library roles. No: he is placed with the engineers now.")


def write_kept_warm(diary: Diary) -> None:
    """Application 53. She came close, and Payroll Manager at Bellbird is open now."""
    case = Case(diary, "-47 10:20", "Rowena Castleton-Bray", "Payroll Team Leader", by=fixture_ids.COLLEAGUE)
    case.one_round(-42, "Geraldine: best of the first round.", "At ease; knows their system well.", decision_by=-36)
    case.move("-39 11:15", "reference_check")
    referee = case.check("-39 11:20", "reference", "J. Mbatha")
    case.check_is("-39 11:40", referee, "prepared_at")
    case.check_is("-38 09:10", referee, "ready_at")
    case.check_is("-38 15:30", referee, "done_at")
    case.from_client("-36 11:00", "answer", "call", "Geraldine: by a hair, and somebody from within.")
    case.move("-36 11:10", "rejected", "A close second: they appointed from within.")
    case.to_candidate("-36 11:40", "information", "call", "Told her. Disappointed, and glad that it was so close.")
    case.keep_warm("-36 12:00", "A close second. Ring her at once when a payroll role comes up.")
    case.job_is("-36 12:10", "filled")


def write_left_waiting(diary: Diary) -> None:
    """Applications 54 and 55. Somebody else said yes, and nobody has told these two."""
    asked = Case(diary, "-18 15:20", "Solomon Arataki", "Trade Marketing Manager", by=fixture_ids.JUNIOR)
    asked.one_round(-13, "Piers: good, a touch young.", "Full of ideas for the spring campaign.")
    asked.to_candidate("-7 12:15", "information", "email", "Piers takes another week.")
    reserve = Case(diary, "-19 11:50", "Beatriz Fonseca-Lowe", "Trade Marketing Manager", by=fixture_ids.JUNIOR)
    reserve.one_round(-14, "Piers: a safe pair of hands, second choice.", "Sober view of the budget.")
    reserve.move("-9 12:40", "on_hold", "In reserve, until the first choice has signed.")
    reserve.to_candidate("-9 12:50", "information", "call", "Asked her to bear with them. She does.")
    reserve.from_client("-4 11:00", "information", "call", "Piers: Dominic has signed, the vacancy is filled.")
    reserve.job_is("-4 11:05", "filled")
    asked.from_candidate("-3 18:40", "question", "email", "The week is over: has Piers decided?")
