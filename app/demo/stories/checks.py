"""References to be collected and taken: who has to do what before an offer can go out."""

from app.console import fixture_ids
from app.demo.case import Case
from app.demo.diary import Diary


def write(diary: Diary) -> None:
    """Applications 47 and 48."""
    _nobody_asked_for_referees(diary)
    _two_referees(diary)


def _nobody_asked_for_referees(diary: Diary) -> None:
    case = Case(diary, "-12 09:35", "Sybil Okonkwo-Hart", "Procurement Officer", by=fixture_ids.COLLEAGUE)
    case.one_round(-6, "Geraldine: the panel agrees on her; two referees, please.", "Calm panel.", decision_by=5)
    case.move("-1 15:40", "reference_check")
    case.to_candidate("-1 16:00", "information", "sms", "Good news from the panel; I ring you about the next step.")


def _two_referees(diary: Diary) -> None:
    case = Case(diary, "-16 11:30", "Leopold Sze-Hartigan", "Site Reliability Engineer")
    case.one_round(-10, "Ravi: he has seen worse nights than ours.", "Liked the pager stories.", decision_by=4)
    case.move("-5 12:10", "reference_check")
    case.to_candidate("-5 12:20", "information", "call", "He names two former managers and warns the first today.")
    first = case.check("-5 12:25", "reference", "B. Okello")
    case.check_is("-4 12:30", first, "prepared_at")
    case.check_is("-1 14:20", first, "ready_at")
    case.check("-1 14:25", "reference", "M. Thorvaldsen")
    case.check("-1 14:30", "right_to_work", "Singapore employment pass")
