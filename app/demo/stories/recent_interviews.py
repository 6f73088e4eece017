"""Interviews that are booked, just held, missed or never booked."""

from app.console import fixture_ids
from app.demo.builder import ApplicationBuilder
from app.demo.fact_recorder import Recorder


def write(recorder: Recorder) -> None:
    """Record the facts of applications 7 to 15 of the demo agency."""
    _tomorrow_in_perth(recorder)
    _second_round_booked(recorder)
    _out_of_the_door_just_now(recorder)
    _followed_up_and_not_debriefed(recorder)
    _debriefed_and_not_followed_up(recorder)
    _never_booked(recorder)
    _slept_through_it(recorder)
    _called_off_and_rebooked(recorder)
    _london_waits_for_our_call(recorder)


def _tomorrow_in_perth(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-5 10:20", "Jun Takemori-Ellis", "Maintenance Planner")
    application.interview("+1 12:30", 45, booked="-4 13:10", kind="video")
    application.to_candidate(
        "-3 15:00", "coaching", "call", "Went through the shutdown plan he ran; he will share his screen."
    )


def _second_round_booked(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-14 16:30", "Saoirse Kilbride-Hahn", "Payments Product Manager", by=fixture_ids.COLLEAGUE
    )
    first = application.interview("-10 13:00", 45, booked="-13 11:15", kind="video")
    application.complete(first)
    application.follow_up(
        first,
        "-10 17:10",
        "Vanessa: clear thinker, wants her to meet the engineers.",
        decision_by=-2,
        next_step="Second round with Ravi.",
    )
    application.debrief(first, "-9 12:05", "Energised. Asked good questions about the licence.", interest=5)
    application.interview(
        "+2 13:30", 60, booked="-4 12:20", kind="panel", interviewers=("Ravi Thangavel", "Vanessa Koh-Lindgren")
    )
    application.to_candidate(
        "-3 12:45", "information", "email", "Names of the panel, the link, what Ravi tends to ask."
    )


def _out_of_the_door_just_now(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-6 09:50", "Emeka Oduya-Lind", "Commercial Analyst")
    application.interview("-100m", 60, booked="-5 11:25", interviewers=("Rosalind Achterberg", "Declan Moriarty-Voss"))
    application.to_candidate(
        "-2 12:15", "coaching", "call", "Half an hour on the tariff model. Told him to ask for the timeline."
    )


def _followed_up_and_not_debriefed(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-6 15:20", "Beatrix Vandermolen", "Practice Manager")
    first = application.interview("-1 10:00", 60, booked="-5 16:00", interviewers=("Simone Pargetter",))
    application.complete(first)
    application.follow_up(
        first,
        "-1 16:20",
        "Simone: composed, knows the billing software. Wants to see one other person.",
        decision_by=4,
        next_step="One other interview, then they choose.",
        enthusiasm_conveyed=True,
    )
    application.from_candidate("-1 17:35", "thank_you", "email", "A note of thanks to pass on to Simone.")


def _debriefed_and_not_followed_up(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-7 11:10", "Tariq Hassanzadeh", "Asset Engineer", by=fixture_ids.COLLEAGUE
    )
    first = application.interview("-1 11:00", 60, booked="-6 09:25", kind="panel", interviewers=("Ihab Saddleworth",))
    application.debrief(
        first,
        "-1 13:15",
        "Thinks it went well; two of the panel took notes throughout.",
        interviewer_reactions="Nods at the culvert programme, a frown at the budget overrun.",
        interest=4,
    )


def _never_booked(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-7 14:50", "Lucinda Farrowby", "Brand Manager", by=fixture_ids.JUNIOR)
    application.from_client("-7 15:10", "information", "email", "Piers wants to meet her and will send times.")
    application.to_client("-5 10:30", "scheduling", "email", "Three times offered to Piers.")
    application.to_candidate("-5 10:45", "information", "sms", "Told her that Piers has three times to choose from.")
    application.snooze(
        "-2 09:10", "nothing_booked", "+2 09:00", "Piers is at the trade fair until the day after tomorrow."
    )


def _slept_through_it(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-10 12:00", "Owen Prewett-Sato", "Site Safety Adviser")
    first = application.interview("-5 13:30", 45, booked="-8 14:30", kind="phone")
    application.set_status(first, "no_show", "-5 14:20")
    application.to_client("-5 14:40", "information", "call", "Apologised to Shane, who would give him one more go.")
    application.from_candidate(
        "-4 11:20", "information", "call", "Came off a night shift and slept through. Mortified."
    )


def _called_off_and_rebooked(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-9 10:40", "Anahera Tuiloma", "Library Services Coordinator")
    first = application.interview("-2 10:00", 50, booked="-8 15:45", kind="panel", interviewers=("Geraldine Ashcombe",))
    application.from_client("-4 09:05", "scheduling", "call", "A panel member is on jury duty; they must move it.")
    application.set_status(first, "cancelled", "-4 09:10")
    application.interview("+3 10:00", 50, booked="-4 16:40", kind="panel", interviewers=("Geraldine Ashcombe",))
    application.to_candidate(
        "-4 16:50", "information", "call", "Moved; she had already arranged the day off and can swap it."
    )


def _london_waits_for_our_call(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-9 17:15", "Dmitri Valkonen", "Pricing Actuary", by=fixture_ids.JUNIOR)
    first = application.interview(
        "-3 20:00", 60, booked="-8 17:40", kind="video", interviewers=("Oliver Trelawney-Nash",)
    )
    application.move("-2 08:45", "interviewed")
    application.debrief(
        first,
        "-2 18:30",
        "Warm conversation; Oliver asked for his reserving paper.",
        how="video call",
        learned="They write more marine business than the advertisement says.",
        interest=5,
    )
    application.add_commitment("-2 18:40", "candidate", "Send Oliver the reserving paper", due=1)


def write_on_shift(recorder: Recorder) -> None:
    """Record the facts of application 57. Its interview is on the calendar day before today, which can be a Sunday."""
    application = ApplicationBuilder(recorder, "-7 13:25", "Malachi Treloar", "Maintenance Planner")
    application.interview("-1d 17:00", 45, booked="-4 12:40", kind="video")
    application.to_candidate("-3 13:30", "coaching", "call", "Went through the last three shutdowns with him.")
