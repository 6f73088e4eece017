"""May this contact be made now, and if not, when?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from app.rules.calendar import calendar
from app.rules.contact_check import CHANNELS, ContactAnswer, check_contact
from app.rules.contact_reasons import explain_objection
from app.rules.flags import Flag, FlagKind, Severity
from app.rules.history import ContactStyle, History, Interaction, Interview, Revision
from app.rules.policy import DEFAULTS, overlay

SYDNEY = calendar("Australia/Sydney", "AU-NSW")
INTERVIEWED = datetime(2026, 3, 3, 0, tzinfo=UTC)  # Tuesday 3 March, 11:00 in Sydney
DAY = timedelta(days=1)

HISTORY = History(
    INTERVIEWED - 2 * DAY,
    "interview_scheduled",
    SYDNEY,
    SYDNEY,
    SYDNEY,
    interviews=(Interview("i1", INTERVIEWED - DAY, INTERVIEWED - DAY / 24, INTERVIEWED),),
    interactions=(
        Interaction("d", INTERVIEWED + DAY / 9, "candidate", "recruiter", "phone", "debrief", two_way=True),
        Interaction("f", INTERVIEWED + DAY / 8, "recruiter", "client", "phone", "interview_follow_up", two_way=True),
    ),
)


def ask(receiver: str, at: datetime, **said: object) -> Interaction:
    fields = {"channel": "email", "purpose": "chase", **said}
    return Interaction("asked", at, "candidate", receiver, **fields)  # type: ignore[arg-type]


def test_a_chase_waits_for_the_window():
    history = replace(HISTORY, revisions=(Revision("r1", INTERVIEWED, "client", contact_from=date(2026, 3, 25)),))
    found = check_contact(history, DEFAULTS, ask("recruiter", INTERVIEWED + DAY))
    assert not found.ok
    assert [flag.kind for flag in found.flags] == [FlagKind.PREMATURE_CONTACT]
    assert found.until == SYDNEY.sod(date(2026, 3, 25))
    assert check_contact(history, DEFAULTS, ask("recruiter", SYDNEY.sod(date(2026, 3, 25)))).ok


def test_a_talk_with_the_recruiter_is_always_welcome():
    assert check_contact(HISTORY, DEFAULTS, ask("recruiter", INTERVIEWED + DAY, two_way=True)).ok


def test_a_second_talk_waits_until_the_week_is_over_or_the_window_opens_or_a_reply_is_owed():
    first = replace(ask("recruiter", INTERVIEWED + DAY, two_way=True), id="first")
    talked = replace(HISTORY, interactions=(*HISTORY.interactions, first))
    second = ask("recruiter", INTERVIEWED + 2 * DAY, two_way=True)
    found = check_contact(talked, DEFAULTS, second)
    assert [flag.kind for flag in found.flags] == [FlagKind.OVER_CONTACTING]
    assert found.until == SYDNEY.sod(date(2026, 3, 10))  # the one call that the guidance asks for
    far = replace(talked, revisions=(Revision("r1", INTERVIEWED, "client", contact_from=date(2026, 3, 25)),))
    assert check_contact(far, DEFAULTS, second).until == SYDNEY.sod(date(2026, 3, 11))
    unanswered = replace(far, interactions=(*HISTORY.interactions, replace(first, two_way=False)))
    found = check_contact(unanswered, DEFAULTS, second)
    assert found.until == SYDNEY.sod(date(2026, 3, 6))  # two business days after Wednesday: we owe them a word


def test_one_contact_is_let_off_when_the_window_has_opened():
    first, second = (earlier("recruiter", on, two_way=True) for on in (12, 14))
    assert asking("recruiter", 13, first, two_way=True).ok
    assert asking("recruiter", 16, first, second, two_way=True).reasons == (
        "This would be the candidate's second contact within 7 days, after the one on 14 Mar, "
        "not counting the one of 12 Mar, which was right.",
    )


def test_the_wrong_place_stays_wrong_even_where_the_flag_stands_already():
    linkedin = ask("client", INTERVIEWED + 9 * DAY, channel="linkedin", purpose="information")
    once = replace(HISTORY, interactions=(*HISTORY.interactions, replace(linkedin, id="first")))
    for history in (HISTORY, once):
        found = check_contact(history, DEFAULTS, replace(linkedin, at=INTERVIEWED + 10 * DAY))
        assert (found.ok, found.until) == (False, None)
        assert [flag.kind for flag in found.flags] == [FlagKind.OFF_CHANNEL_CONTACT]
        assert found.channels == ("phone", "email", "video", "in_person", "sms", "whatsapp", "voicemail", "portal")
    welcome = replace(once, style=ContactStyle(social="welcome"))
    assert check_contact(welcome, DEFAULTS, linkedin).ok


def asking(receiver: str, on: int, *before: Interaction, **said: object) -> ContactAnswer:
    """Return the answer to a contact on a day of March at noon in Sydney, after others."""
    history = replace(HISTORY, interactions=(*HISTORY.interactions, *before))
    return check_contact(history, DEFAULTS, ask(receiver, noon(on), **said))


def noon(day: int) -> datetime:
    return SYDNEY.sod(date(2026, 3, day)) + DAY / 2


def earlier(receiver: str, on: int, **said: object) -> Interaction:
    return replace(ask(receiver, noon(on), **said), id=f"earlier-{receiver}-{on}")


def test_a_contact_that_is_not_made_yet_would_be_the_third():
    first, second = (earlier("recruiter", on, two_way=True) for on in (4, 6))
    assert asking("recruiter", 5, first, two_way=True).reasons == (
        "This would be the candidate's second contact within 7 days, after the one on 4 Mar.",
    )
    assert asking("recruiter", 7, first, second, two_way=True).reasons == (
        "This would be the candidate's third contact within 7 days, after those on 4 and 6 Mar.",
    )


def test_a_contact_within_the_hour_would_add_to_the_one_before():
    first, second = (earlier("recruiter", on, two_way=True) for on in (4, 6))
    history = replace(HISTORY, interactions=(*HISTORY.interactions, first, second))
    found = check_contact(history, DEFAULTS, ask("recruiter", second.at + DAY / 48, two_way=True))
    assert found.reasons == ("This would add to the contact of Fri 6 Mar, the candidate's second within 7 days.",)


def test_contacts_that_do_not_press_for_an_answer_are_said_to():
    questions = {"purpose": "unspecified", "two_way": True}
    found = asking("recruiter", 5, earlier("recruiter", 4, **questions), **questions)
    assert found.reasons == (
        "This would be the candidate's second contact within 7 days, after the one on 4 Mar, "
        "though none presses for an answer.",
    )


def test_where_the_policy_allows_none_the_first_would_be_flagged():
    strict = overlay({"over_contacting": {"watch": 1}})
    found = check_contact(HISTORY, strict, ask("recruiter", noon(4), two_way=True))
    assert found.reasons == ("This would be the candidate's first contact within 7 days.",)


def test_it_would_be_too_early_to_ask():
    assert asking("client", 3).reasons == (
        "It would be too early to ask the client on Tue 3 Mar, the day of the interview; "
        "it is right from Tue 10 Mar on.",
    )
    found = asking("recruiter", 5, earlier("client", 3), in_reply_to=None)
    assert [flag.kind for flag in found.flags] == [FlagKind.OVER_CONTACTING, FlagKind.PREMATURE_CONTACT]
    assert found.reasons[1] == (
        "It would be too early to ask you on Thu 5 Mar; it is right from Tue 10 Mar on; "
        "the candidate asked too early on 3 Mar already."
    )


def test_it_would_be_the_wrong_channel():
    linkedin = {"channel": "linkedin", "purpose": "information"}
    assert asking("client", 12, **linkedin).reasons == (
        "This would reach the client on LinkedIn, which this organisation does not welcome.",
    )
    assert asking("client", 13, earlier("client", 12, **linkedin), **linkedin).reasons == (
        "This would reach the client on LinkedIn, which this organisation does not welcome; "
        "the candidate did so on 12 Mar already.",
    )
    thanks = check_contact(
        replace(HISTORY, style=ContactStyle(thank_you="unwelcome")),
        DEFAULTS,
        ask("client", noon(4), purpose="thank_you"),
    )
    assert (thanks.channels, thanks.until) == ((), None), "no channel is right"
    assert thanks.reasons == (
        "This would reach the client by email, where this organisation does not want thank-you notes sent directly.",
    )
    direct = check_contact(
        replace(HISTORY, style=ContactStyle(direct_contact="via_recruiter")),
        DEFAULTS,
        ask("client", noon(12), purpose="information", channel="other"),
    )
    assert direct.reasons == ("This would reach the client directly, where this organisation wants word through you.",)


def test_a_third_attempt_to_reach_a_silent_candidate_would_go_without_an_answer():
    asked = [Interaction(f"asked-{on}", noon(on), "recruiter", "candidate", "email", "question") for on in (4, 5)]
    history = replace(HISTORY, interactions=(*HISTORY.interactions, *asked))
    for sender in ("recruiter", "client"):
        found = check_contact(history, DEFAULTS, Interaction("x", noon(6), sender, "candidate", "sms", "question"))
        assert [(flag.kind, flag.severity) for flag in found.flags] == [(FlagKind.GOING_QUIET, Severity.WARNING)]
        assert found.reasons == (
            "This would be the third attempt to reach the candidate, after those on 4 and 5 Mar, without an answer.",
        )


def test_too_early_and_on_the_wrong_channel_waits_for_another_channel():
    found = asking("client", 4, channel="linkedin")
    assert {flag.kind for flag in found.flags} == {FlagKind.PREMATURE_CONTACT, FlagKind.OFF_CHANNEL_CONTACT}
    assert found.until == SYDNEY.sod(date(2026, 3, 10))
    assert found.channels == CHANNELS[:8]


def test_a_kind_that_no_contact_raises_today_is_named():
    flag = Flag(FlagKind.TIMELINE_MISSING, Severity.WATCH, noon(4), (), {})
    assert explain_objection(flag, None, ask("client", noon(5))) == (
        "This contact would raise the flag timeline missing as watch."
    )
