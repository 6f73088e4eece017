"""From screening to the first day: checks, offers, acceptances."""

from app.demo import known
from app.demo.case import Case
from app.demo.diary import Diary


def write(diary: Diary) -> None:
    """Applications 36 to 43."""
    _medical_not_booked(diary)
    _background_check(diary)
    _quiet_under_an_offer(diary)
    _offer_since_yesterday(diary)
    _accepted(diary)
    _accepted_and_silent(diary)
    _placed(diary)
    _chose_the_other_one(diary)


def _heard(case: Case, at: int, verdict: str, said: str, decision_by: int | None = None) -> None:
    """A round of an hour with its follow-up on the day and its debrief the next morning."""
    round = case.interview(f"{at} 12:30", 60, booked=f"{at - 4} 14:40")
    case.took_place(round)
    case.follow_up(round, f"{at} 16:35", verdict, enthusiasm_conveyed=True, decision_by=decision_by)
    case.debrief(round, f"{at + 1} 11:50", said, interest=5)


def _medical_not_booked(diary: Diary) -> None:
    case = Case(diary, "-22 13:45", "Wei Jun Carrow", "Site Safety Adviser")
    _heard(case, -17, "Shane wants him; site medical first.", "Ready to move camp.", decision_by=5)
    case.move("-11 12:30", "screening")
    case.check("-11 12:34", "medical", "Camp medical")
    case.promise("-11 12:35", "client", "Book the site medical with the drug and alcohol screen", due=-4)
    case.from_candidate("-6 14:10", "information", "call", "Passport and licence are in; no word about the medical.")
    case.to_client("-3 13:20", "chase", "call", "Tegan: the clinic in Karratha is full, she tries again.")


def _background_check(diary: Diary) -> None:
    case = Case(diary, "-21 10:15", "Odette Marchand-Singh", "Quality Manager", by=known.COLLEAGUE)
    _heard(case, -16, "Anton: would be a joy to work with.", "Very good conversation.", decision_by=5)
    case.move("-7 15:00", "screening", "Background check before the board papers.")
    consent = case.promise("-7 15:10", "candidate", "Signed consent for the background check", due=-4)
    case.kept(consent, "-5 09:40")
    case.promise("-5 09:45", "recruiter", "Register numbers to the checking bureau", due=1)
    case.from_candidate("-5 09:42", "information", "email", "Consent attached.")


def _quiet_under_an_offer(diary: Diary) -> None:
    case = Case(diary, "-23 09:55", "Finlay Abernethy", "Market Risk Analyst")
    _heard(case, -18, "Rosalind: the numbers sing when he talks.", "Impressed by the trading floor.", decision_by=-10)
    case.to_client("-9 09:30", "chase", "call", "Rosalind: yes! Letter by the end of the week.")
    case.move("-6 10:00", "offer")
    case.to_candidate("-6 10:20", "offer", "call", "Read him the offer; he was pleased and wants to sleep on it.")
    case.to_candidate("-4 11:30", "offer", "email", "The letter, to sign by the end of the week.")
    case.to_candidate("-2 15:45", "check_in", "voicemail", "Any question about the letter?")


def _offer_since_yesterday(diary: Diary) -> None:
    case = Case(diary, "-18 14:25", "Zara Kowalczyk-Bird", "Rates Team Leader")
    _heard(case, -13, "Geraldine: first on the list.", "Walked out smiling.", decision_by=-3)
    case.from_client("-1 11:10", "offer", "call", "Geraldine: the delegate has signed, band seven.")
    case.move("-1 11:20", "offer", "Delegate has signed.")
    case.to_candidate("-1 11:40", "offer", "call", "Offer made. She will answer by the end of the week.")
    case.promise("-1 11:45", "candidate", "Answer to the offer", due=2)


def _accepted(diary: Diary) -> None:
    case = Case(diary, "-25 12:55", "Dominic Achebe-Stone", "Trade Marketing Manager", by=known.JUNIOR)
    _heard(case, -20, "Piers is a fan.", "Would take it at once.", decision_by=-14)
    case.to_client("-13 11:00", "chase", "call", "Piers: papers are with the chief executive.")
    case.from_client("-9 12:20", "offer", "call", "Piers: done, start in four weeks.")
    case.move("-9 12:30", "offer")
    case.to_candidate("-9 12:45", "offer", "call", "Offer made; accepted within the minute.")
    case.move("-7 10:00", "accepted")
    case.milestone("-7 10:02", "written_offer")
    case.milestone("-7 10:03", "nothing_to_resign")
    case.promise("-7 10:05", "candidate", "Resign and send us the last day", due=-5)
    case.to_candidate("-2 13:15", "check_in", "call", "Resigned; the old boss tried to keep him. He stays with us.")
    case.milestone("-2 13:14", "resigned")
    case.milestone("-2 13:17", "start_agreed", on=8)
    case.promise("-2 13:20", "recruiter", "Ring him in the evening of his first day", due=8)


def _accepted_and_silent(diary: Diary) -> None:
    case = Case(diary, "-31 15:15", "Ines Calloway", "Shutdown Coordinator")
    _heard(case, -26, "Shane: get her before somebody else does.", "Ready to go.", decision_by=-20)
    case.to_client("-19 13:00", "chase", "call", "Shane: yes, medical first.")
    case.move("-18 13:10", "screening")
    case.from_client("-13 13:40", "information", "email", "Tegan: medical passed.")
    case.move("-13 14:00", "offer")
    case.to_candidate("-13 14:15", "offer", "call", "Offer made; she would like it in writing.")
    case.move("-10 10:30", "accepted")
    case.from_candidate("-10 10:25", "information", "call", "Signed. Gives notice on Monday.")
    case.milestone("-10 10:35", "written_offer")
    case.from_client("-1 13:30", "information", "call", "Shane heard on site that her boss has offered her more.")
    case.milestone("-1 13:40", "counter_offer")


def _placed(diary: Diary) -> None:
    case = Case(diary, "-35 09:20", "Viktor Halvorsen", "Reserving Actuary", by=known.JUNIOR)
    first = case.interview("-30 20:00", 60, booked="-34 18:45", kind="video")
    case.took_place(first)
    case.follow_up(first, "-30 22:05", "Oliver: that is the one.", decision_by=-26, enthusiasm_conveyed=True)
    case.debrief(first, "-29 18:15", "Felt at home.", interest=5)
    case.move("-26 19:00", "offer")
    case.to_candidate("-26 19:20", "offer", "video call", "Offer made and accepted on the call.")
    case.move("-25 18:00", "accepted")
    case.to_candidate("-12 18:10", "check_in", "call", "Last week at the old place. All well.")
    case.job_is("-26 19:30", "filled")
    case.move("-4 18:30", "placed", "Started on Monday; both sides happy.")
    case.to_candidate("-4 19:00", "check_in", "call", "First day: a desk, a laptop and lunch with the team.")


def _chose_the_other_one(diary: Diary) -> None:
    case = Case(diary, "-26 16:35", "Pippa Nakagawa", "Bilingual Sales Engineer")
    _heard(case, -21, "Kenta: excellent Japanese, good humour.", "Very polite people.")
    case.from_client("-15 12:40", "offer", "email", "Akiko: an offer, but below what we had agreed.")
    case.move("-15 13:00", "offer")
    case.to_candidate("-15 13:30", "offer", "call", "Offer made. Disappointed by the figure, thinks about it.")
    case.from_candidate("-12 11:15", "answer", "call", "Declines with thanks: a rival pays what was agreed here.")
    case.move("-12 11:20", "offer_declined", "Below the agreed figure; took a rival's offer.")
    case.to_client("-12 11:45", "information", "email", "Told Akiko, and why.")
