"""Applications from screening to the first day: checks, offers and acceptances."""

from app.console import fixture_ids
from app.demo.builder import ApplicationBuilder
from app.demo.fact_recorder import Recorder


def write(recorder: Recorder) -> None:
    """Record the facts of applications 36 to 43 of the demo agency."""
    _medical_just_booked(recorder)
    _background_check(recorder)
    _quiet_under_an_offer(recorder)
    _offer_since_yesterday(recorder)
    _accepted(recorder)
    _accepted_and_silent(recorder)
    _placed(recorder)
    _chose_the_other_one(recorder)


def _medical_just_booked(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-22 13:45", "Wei Jun Carrow", "Site Safety Adviser")
    application.add_round(-17, "Shane wants him; site medical first.", "Ready to move camp.", decision_by=5)
    application.move("-11 12:30", "screening")
    licence = application.check("-11 12:33", "licence", "High-risk work licence")
    application.update_check("-11 12:34", licence, "prepared_at")
    appointment = application.add_commitment(
        "-11 12:35", "client", "Book the site medical with the drug and alcohol screen", due=-4
    )
    application.from_candidate(
        "-6 14:10", "information", "call", "Passport is in; the licence card must be at his mother's."
    )
    application.to_client("-3 13:20", "chase", "call", "Tegan: the clinic in Karratha is full, she tries again.")
    application.from_client("-1 14:05", "information", "email", "Tegan: both on one morning, this week.")
    application.fulfil(appointment, "-1 14:06")
    application.check("-1 14:08", "medical", "Clinic in Karratha", booked_for="+2 11:30")
    application.check("-1 14:09", "drug_alcohol", "Clinic in Karratha", booked_for="+2 12:15")


def _background_check(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-21 10:15", "Odette Marchand-Singh", "Quality Manager", by=fixture_ids.COLLEAGUE
    )
    application.add_round(-16, "Anton: would be a joy to work with.", "Very good conversation.", decision_by=5)
    application.move("-7 15:00", "screening", "Background check before the board papers.")
    check = application.check("-7 15:10", "background", "Police check", result_by=3)
    application.update_check("-7 15:20", check, "prepared_at")
    application.update_check("-5 09:43", check, "ready_at")
    application.add_commitment("-5 09:45", "recruiter", "Register numbers to the checking bureau", due=1)
    application.from_candidate("-5 09:42", "information", "email", "Consent attached.")


def _quiet_under_an_offer(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-23 09:55", "Finlay Abernethy", "Market Risk Analyst")
    application.add_round(
        -18, "Rosalind: the numbers sing when he talks.", "Impressed by the trading floor.", decision_by=-10
    )
    application.to_client("-9 09:30", "chase", "call", "Rosalind: yes! Letter by the end of the week.")
    application.move("-6 10:00", "offer")
    application.to_candidate(
        "-6 10:20", "offer", "call", "Read him the offer; he was pleased and wants to sleep on it."
    )
    application.to_candidate("-4 11:30", "offer", "email", "The letter, to sign by the end of the week.")
    application.to_candidate("-2 15:45", "check_in", "voicemail", "Any question about the letter?")


def _offer_since_yesterday(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-18 14:25", "Zara Kowalczyk-Bird", "Rates Team Leader")
    application.add_round(-13, "Geraldine: first on the list.", "Walked out smiling.", decision_by=-3)
    application.from_client("-1 11:10", "offer", "call", "Geraldine: the delegate has signed, band seven.")
    application.move("-1 11:20", "offer", "Delegate has signed.")
    application.to_candidate("-1 11:40", "offer", "call", "Offer made. She will answer by the end of the week.")
    application.add_commitment("-1 11:45", "candidate", "Answer to the offer", due=2)


def _accepted(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-25 12:55", "Dominic Achebe-Stone", "Trade Marketing Manager", by=fixture_ids.JUNIOR
    )
    application.add_round(-20, "Piers is a fan.", "Would take it at once.", decision_by=-14)
    application.to_client("-13 11:00", "chase", "call", "Piers: papers are with the chief executive.")
    application.from_client("-9 12:20", "offer", "call", "Piers: done, start in four weeks.")
    application.move("-9 12:30", "offer")
    application.to_candidate("-9 12:45", "offer", "call", "Offer made; accepted within the minute.")
    application.move("-7 10:00", "accepted")
    application.milestone("-7 10:02", "written_offer")
    application.milestone("-7 10:03", "nothing_to_resign")
    application.add_commitment("-7 10:05", "candidate", "Resign and send us the last day", due=-5)
    application.to_candidate(
        "-2 13:15", "check_in", "call", "Resigned; the old boss tried to keep him. He stays with us."
    )
    application.milestone("-2 13:14", "resigned")
    application.milestone("-2 13:15", "counter_offer")
    application.milestone("-2 13:16", "counter_offer_declined")
    application.milestone("-2 13:17", "start_agreed", on=8)
    application.add_commitment("-2 13:20", "recruiter", "Ring him in the evening of his first day", due=8)


def _accepted_and_silent(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-31 15:15", "Ines Calloway", "Shutdown Coordinator")
    application.add_round(-26, "Shane: get her before somebody else does.", "Ready to go.", decision_by=-20)
    application.to_client("-19 13:00", "chase", "call", "Shane: yes, medical first.")
    application.move("-18 13:10", "screening")
    check = application.check("-18 13:15", "medical", booked_for="-15 11:00")
    application.update_check("-18 13:40", check, "prepared_at")
    application.update_check("-15 13:30", check, "ready_at")
    application.update_check("-13 13:45", check, "done_at")
    application.from_client("-13 13:40", "information", "email", "Tegan: all papers are in, the offer can go out.")
    application.move("-13 14:00", "offer")
    application.to_candidate("-13 14:15", "offer", "call", "Offer made; she would like it in writing.")
    application.move("-10 10:30", "accepted")
    application.from_candidate("-10 10:25", "information", "call", "Says yes. Gives notice when she has it in writing.")


def _placed(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-35 09:20", "Viktor Halvorsen", "Reserving Actuary", by=fixture_ids.JUNIOR
    )
    first = application.interview("-30 20:00", 60, booked="-34 18:45", kind="video")
    application.complete(first)
    application.follow_up(first, "-30 22:05", "Oliver: that is the one.", decision_by=-26, enthusiasm_conveyed=True)
    application.debrief(first, "-29 18:15", "Felt at home.", interest=5)
    application.move("-26 19:00", "offer")
    application.to_candidate("-26 19:20", "offer", "video call", "Offer made and accepted on the call.")
    application.milestone("-25 17:45", "written_offer")
    application.move("-25 18:00", "accepted")
    application.milestone("-24 18:30", "resigned")
    application.to_candidate("-24 18:40", "check_in", "call", "Handed it in this morning; his boss wishes him well.")
    application.milestone("-24 19:00", "start_agreed", on=-4)
    application.to_candidate("-18 18:20", "check_in", "call", "Handing over his portfolios. In good spirits.")
    application.to_candidate("-12 18:10", "check_in", "call", "Last week at the old place. All well.")
    application.set_job_status("-26 19:30", "filled")
    application.to_candidate("-5 18:15", "check_in", "call", "Knows the door, the hour and whom to ask for.")
    application.milestone("-4 18:30", "started")
    application.to_candidate("-4 19:00", "check_in", "call", "First day: a desk, a laptop and lunch with the team.")


def _chose_the_other_one(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-26 16:35", "Pippa Nakagawa", "Bilingual Sales Engineer")
    application.add_round(-21, "Kenta: excellent Japanese, good humour.", "Very polite people.")
    application.from_client("-15 12:40", "offer", "email", "Akiko: an offer, but below what we had agreed.")
    application.move("-15 13:00", "offer")
    application.to_candidate("-15 13:30", "offer", "call", "Offer made. Disappointed by the figure, thinks about it.")
    application.from_candidate(
        "-12 11:15", "answer", "call", "Declines with thanks: a rival pays what was agreed here."
    )
    application.move("-12 11:20", "offer_declined", "Below the agreed figure; took a rival's offer.")
    application.to_client("-12 11:45", "information", "email", "Told Akiko, and why.")
