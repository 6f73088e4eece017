"""May this contact be made now, and if not, when?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from app.rules.calendar import calendar
from app.rules.contact import check_contact
from app.rules.flags import FlagKind
from app.rules.history import ContactStyle, History, Interaction, Interview, Revision
from app.rules.policy import DEFAULTS

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


def test_a_second_chase_waits_until_the_week_is_over_or_a_reply_is_owed():
    first = replace(ask("recruiter", INTERVIEWED + 9 * DAY, two_way=True), id="first")
    talked = replace(HISTORY, interactions=(*HISTORY.interactions, first))
    found = check_contact(talked, DEFAULTS, ask("recruiter", INTERVIEWED + 10 * DAY))
    assert [flag.kind for flag in found.flags] == [FlagKind.OVER_CONTACTING]
    assert found.until == SYDNEY.sod(date(2026, 3, 19))
    unanswered = replace(HISTORY, interactions=(*HISTORY.interactions, replace(first, two_way=False)))
    found = check_contact(unanswered, DEFAULTS, ask("recruiter", INTERVIEWED + 10 * DAY))
    assert found.until == SYDNEY.sod(date(2026, 3, 16))  # two business days after Thursday: we owe them a word


def test_the_wrong_place_stays_wrong_even_where_the_flag_stands_already():
    linkedin = ask("client", INTERVIEWED + 9 * DAY, channel="linkedin", purpose="information")
    once = replace(HISTORY, interactions=(*HISTORY.interactions, replace(linkedin, id="first")))
    for history in (HISTORY, once):
        found = check_contact(history, DEFAULTS, replace(linkedin, at=INTERVIEWED + 10 * DAY))
        assert (found.ok, found.until) == (False, None)
        assert [flag.kind for flag in found.flags] == [FlagKind.OFF_CHANNEL_CONTACT]
    welcome = replace(once, style=ContactStyle(social="welcome"))
    assert check_contact(welcome, DEFAULTS, linkedin).ok
