"""Applications in which an answer is due: candidates go quiet, or the agency has not replied."""

from app.console import fixture_ids
from app.demo.builder import ApplicationBuilder
from app.demo.fact_recorder import Recorder


def write(recorder: Recorder) -> None:
    """Record the facts of applications 27 to 32 of the demo agency."""
    _gone_quiet(recorder)
    _three_tries_in_two_days(recorder)
    _out_of_office(recorder)
    _we_owe_her_an_answer(recorder)
    _on_hold_and_still_owed(recorder)
    _nobody_asked_and_nobody_spoke(recorder)


def _gone_quiet(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-15 12:10", "Arjun Velamuri", "Backend Engineer")
    first = application.interview("-11 15:00", 60, booked="-14 15:40", kind="video", interviewers=("Ravi Thangavel",))
    application.complete(first)
    application.follow_up(
        first, "-11 18:20", "Ravi: very able, seemed to be elsewhere with his thoughts.", decision_by=-1
    )
    application.debrief(first, "-10 10:45", "Polite, short. Says that he likes them.", interest=3, concerns="Hours.")
    application.to_candidate("-6 11:15", "question", "email", "Which of the two start dates would suit him?")
    application.to_candidate("-4 16:40", "check_in", "sms", "Is everything all right? A short word is fine.")


def _three_tries_in_two_days(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-10 15:30", "Sofia Brandsma", "Finance Business Partner")
    first = application.interview("-6 11:00", 50, booked="-9 09:50", kind="panel", interviewers=("Geraldine Ashcombe",))
    application.complete(first)
    application.debrief(first, "-6 13:10", "Tough questions on depreciation. Wants it badly.", interest=5)
    application.follow_up(first, "-6 16:00", "Geraldine: thank you, noted.", decision_by=4)
    application.to_candidate("-2 10:20", "question", "voicemail", "Geraldine needs her licence number for the file.")
    application.to_candidate("-2 16:10", "question", "sms", "The same by text.")
    application.to_candidate("-1 09:35", "question", "email", "And in writing; the file closes soon.")


def _out_of_office(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-13 09:10", "Kwame Adjei-Holt", "Site Safety Adviser")
    first = application.interview("-9 13:00", 45, booked="-12 12:50", kind="phone")
    application.complete(first)
    application.follow_up(first, "-9 15:30", "Shane: knows his regulations. Site visit when he is back.", decision_by=7)
    application.debrief(
        first, "-8 09:25", "Straightforward. Off to his sister's wedding, no reception there.", interest=4
    )
    application.to_candidate("-4 14:20", "question", "email", "Which day could he fly in for the site visit?")
    application.from_candidate("-4 14:21", "unspecified", "email", "Out of office: at a wedding.", automatic=True)


def _we_owe_her_an_answer(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-15 11:20", "Isla Penhaligon", "Grid Operations Lead")
    first = application.interview("-10 10:00", 90, booked="-14 09:30", interviewers=("Declan Moriarty-Voss",))
    application.complete(first)
    application.follow_up(first, "-10 14:15", "Declan: close second. Keeps her warm until the references are in.")
    application.debrief(
        first, "-10 17:00", "Liked Declan. Worried about the on-call roster.", concerns="One week in four."
    )
    application.from_candidate(
        "-5 09:30", "question", "email", "Is the roster one week in four or in six? It matters at home."
    )
    application.from_candidate("-3 12:05", "question", "sms", "Did you get my email about the roster?")


def _on_hold_and_still_owed(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-19 10:05", "Rafael Quintero-Ash", "Asset Engineer", by=fixture_ids.COLLEAGUE
    )
    first = application.interview("-14 14:30", 60, booked="-18 13:25", kind="panel", interviewers=("Ihab Saddleworth",))
    application.complete(first)
    application.follow_up(first, "-14 17:10", "Ihab likes him; the position may be split in two.")
    application.debrief(first, "-13 09:20", "Good. Would take either half.", interest=4)
    application.move("-8 11:00", "on_hold")
    application.to_candidate(
        "-8 11:15", "information", "call", "The council redraws the position; on hold until it has."
    )
    application.from_candidate("-4 18:20", "question", "email", "Should he accept a contract until then, or wait?")


def _nobody_asked_and_nobody_spoke(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-22 10:30", "Thandiwe Ncube-Ross", "Bilingual Sales Engineer")
    first = application.interview(
        "-17 12:00", 60, booked="-21 11:05", kind="video", interviewers=("Kenta Mizushiro", "Akiko Tennant")
    )
    application.complete(first)
    application.follow_up(
        first, "-17 16:45", "Akiko: they were impressed by her Japanese.", next_step="Kenta visits Osaka first."
    )
    application.debrief(first, "-16 11:30", "Formal but kind. She bowed too early and laughed about it.", interest=5)
    application.to_client("-9 12:10", "chase", "email", "Asked Akiko whether Kenta is back.")
    application.from_client("-8 14:30", "answer", "email", "Akiko: back next week, no date yet.")
    application.dismiss(
        "-4 09:15", "timeline_missing", "Akiko has told us that there is no date to be had before Kenta is back."
    )
