"""Doors that have closed: politely, or with a word still owed."""

from app.demo import known
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
    case = Case(diary, "-18 11:40", "Emeka Oduya-Lind", "Payments Product Manager", by=known.COLLEAGUE)
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
    case = Case(diary, "-16 10:25", "Tariq Hassanzadeh", "Library Services Coordinator", by=known.COLLEAGUE)
    first = case.interview("-11 09:30", 50, booked="-15 15:35", kind="panel", with_=("Geraldine Ashcombe",))
    case.took_place(first)
    case.follow_up(first, "-11 13:00", "Geraldine: overqualified, and said so kindly.")
    case.debrief(first, "-11 17:45", "Would rather build bridges, as he said himself.", interest=2)
    case.move("-9 09:40", "cancelled", "Put forward for the council's engineering vacancy instead.")
    case.to_candidate("-9 10:00", "information", "call", "Moved over to the engineering vacancy; glad of it.")
    case.keep_warm("-9 10:10", "Wants to hear of library roles. No: he is placed with the engineers now.")
