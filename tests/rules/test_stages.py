"""The stages, the moves between them, and the stage history that follows from the facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.rules.assess import assess
from app.rules.calendar import calendar
from app.rules.history import History, Interaction, Interview, Milestone, Transition
from app.rules.policy import DEFAULTS
from app.rules.stages import (
    ACTIVE,
    ENDED,
    MOVES,
    NEEDS_REASON,
    PAUSED,
    STAGES,
    latest_reopening,
    legal_moves,
    stage_history,
)

SYDNEY = calendar("Australia/Sydney", "AU-NSW")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)

OPENED = History(MONDAY, "interview_scheduled", SYDNEY, SYDNEY, SYDNEY)
FIRST = Interview("i1", MONDAY + HOUR, MONDAY + 24 * HOUR, MONDAY + 25 * HOUR)
SECOND = Interview("i2", MONDAY + 48 * HOUR, MONDAY + 96 * HOUR, MONDAY + 97 * HOUR, round=2)


def follow_up(at: datetime, interview_id: str | None = None) -> Interaction:
    return Interaction("f", at, "recruiter", "client", "phone", "interview_follow_up", interview_id=interview_id)


def moved(to: str, at: datetime, order: str = "1") -> Transition:
    return Transition(f"t{order}", to, at, order)


LATER = MONDAY + 1000 * HOUR


def path(history: History, now: datetime = LATER) -> list[tuple[str, str, datetime]]:
    return [(change.stage, change.cause, change.at) for change in stage_history(history, now)]


def stages(history: History, now: datetime = LATER) -> list[str]:
    return [change.stage for change in stage_history(history, now)]


def test_every_stage_has_its_moves_and_only_to_stages():
    assert set(MOVES) == set(STAGES)
    assert len(STAGES) == len(ACTIVE) + len(PAUSED) + len(ENDED) == 13
    for stage, moves in MOVES.items():
        assert set(moves) <= set(STAGES) - {stage}
        assert len(set(moves)) == len(moves)


@pytest.mark.parametrize(
    ("stage", "moves"),
    [
        ("interview_scheduled", "interviewed on_hold rejected withdrawn cancelled"),
        (
            "interviewed",
            "interview_scheduled awaiting_decision reference_check screening offer on_hold"
            " rejected withdrawn cancelled",
        ),
        (
            "awaiting_decision",
            "interview_scheduled reference_check screening offer on_hold rejected withdrawn cancelled",
        ),
        (
            "reference_check",
            "interview_scheduled awaiting_decision screening offer on_hold rejected withdrawn cancelled",
        ),
        (
            "screening",
            "interview_scheduled awaiting_decision reference_check offer accepted on_hold rejected withdrawn cancelled",
        ),
        (
            "offer",
            "awaiting_decision reference_check screening accepted offer_declined on_hold rejected withdrawn cancelled",
        ),
        ("accepted", "screening placed offer_declined on_hold rejected withdrawn cancelled"),
        ("on_hold", f"{' '.join(ACTIVE)} rejected withdrawn cancelled"),
        ("placed", " ".join(ACTIVE)),
        ("withdrawn", " ".join(ACTIVE)),
    ],
)
def test_the_legal_moves_are_those_of_the_table(stage, moves):
    assert set(legal_moves(stage)) == set(moves.split())


def test_a_door_that_closes_needs_a_reason_unless_the_candidate_has_started():
    assert set(ENDED) - {"placed"} == NEEDS_REASON


def test_a_follow_up_moves_on_from_interviewed():
    history = replace(OPENED, interviews=(FIRST,), interactions=(follow_up(MONDAY + 30 * HOUR),))
    assert path(history) == [
        ("interview_scheduled", "opened", MONDAY),
        ("awaiting_decision", "follow_up", MONDAY + 30 * HOUR),
    ]


def test_a_follow_up_recorded_before_the_end_moves_the_stage_at_the_end():
    history = replace(OPENED, interviews=(FIRST,), interactions=(follow_up(FIRST.starts_at, "i1"),))
    assert path(history)[-1] == ("awaiting_decision", "follow_up", FIRST.ends_at)
    assert path(history, now=FIRST.ends_at - HOUR)[-1] == ("interview_scheduled", "opened", MONDAY)
    assert assess(history, DEFAULTS, FIRST.ends_at - HOUR).next_change_at == FIRST.ends_at


def test_a_follow_up_of_an_earlier_round_moves_nothing():
    history = replace(OPENED, interviews=(FIRST, SECOND), interactions=(follow_up(SECOND.ends_at + HOUR, "i1"),))
    assert path(history)[-1] == ("interview_scheduled", "interview_booked", SECOND.booked_at)


def test_a_follow_up_while_a_further_round_is_to_come_moves_nothing():
    soon = replace(SECOND, booked_at=FIRST.booked_at)
    history = replace(OPENED, interviews=(FIRST, soon), interactions=(follow_up(FIRST.ends_at + HOUR),))
    assert stages(history) == ["interview_scheduled"]


def test_booking_a_further_round_moves_back_whatever_became_of_it():
    for status in ("scheduled", "cancelled", "no_show"):
        second = replace(SECOND, status=status, status_at=SECOND.booked_at + HOUR)
        history = replace(OPENED, interviews=(FIRST, second), interactions=(follow_up(MONDAY + 30 * HOUR),))
        assert path(history)[-1] == ("interview_scheduled", "interview_booked", SECOND.booked_at)


def test_booking_again_restarts_the_stage_though_nobody_moved_it_in_between():
    history = replace(OPENED, interviews=(FIRST, SECOND))
    assert path(history)[1:] == [("interview_scheduled", "interview_booked", SECOND.booked_at)]
    called_off = replace(SECOND, status="cancelled", status_at=SECOND.booked_at + HOUR)
    found = assess(replace(history, interviews=(FIRST, called_off)), DEFAULTS, SECOND.booked_at + 2 * HOUR)
    assert found.effective_stage == "interview_scheduled"


def test_a_follow_up_of_an_interview_that_turned_out_missed_has_moved_nothing():
    missed = replace(FIRST, status="no_show", status_at=MONDAY + 40 * HOUR)
    for named in ("i1", None):
        history = replace(OPENED, interviews=(missed,), interactions=(follow_up(MONDAY + 30 * HOUR, named),))
        assert stages(history, MONDAY + 39 * HOUR) == ["interview_scheduled", "awaiting_decision"]
        assert stages(history, MONDAY + 40 * HOUR) == ["interview_scheduled"]


def test_the_first_day_makes_a_placement_of_an_offer_or_an_accepted_one():
    started = Milestone("m1", "started", MONDAY + 50 * HOUR)
    for stage in ACTIVE:
        history = replace(OPENED, opening_stage=stage, milestones=(started,))
        placed = [("placed", "started", started.at)] if stage in ("offer", "accepted") else []
        assert path(history)[1:] == placed
    history = replace(
        OPENED, opening_stage="offer", milestones=(started,), transitions=(moved("accepted", started.at),)
    )
    assert path(history)[1:] == [("accepted", "told", started.at)], "the recorded move at the same instant wins"
    early = replace(started, at=MONDAY)
    assert stages(replace(OPENED, opening_stage="offer", milestones=(early,))) == ["offer"]


def test_the_latest_reopening_is_the_last_move_out_of_an_end():
    moves = (
        moved("rejected", MONDAY + HOUR),
        moved("offer", MONDAY + 2 * HOUR, "2"),
        moved("placed", MONDAY + 3 * HOUR, "3"),
    )
    changes = stage_history(replace(OPENED, transitions=moves), LATER)
    assert latest_reopening(changes, LATER) == MONDAY + 2 * HOUR
    assert latest_reopening(changes, MONDAY + HOUR) is None


def test_a_recorded_move_at_the_same_instant_wins_and_the_later_of_two():
    at = MONDAY + 30 * HOUR
    history = replace(
        OPENED,
        interviews=(FIRST,),
        interactions=(follow_up(at),),
        transitions=(moved("screening", at, "2"), moved("reference_check", at, "1")),
    )
    assert path(history)[1:] == [("reference_check", "told", at), ("screening", "told", at)]


def test_the_opening_is_recorded_too():
    history = replace(OPENED, opening_stage="awaiting_decision", interviews=(replace(FIRST, booked_at=MONDAY - HOUR),))
    assert path(history) == [("awaiting_decision", "opened", MONDAY)]


def test_a_recorded_move_is_not_judged_again_by_a_late_fact():
    history = replace(
        OPENED,
        interviews=(FIRST,),
        transitions=(moved("accepted", MONDAY + HOUR), moved("interviewed", MONDAY + 2 * HOUR, "2")),
    )
    assert stages(history) == ["interview_scheduled", "accepted", "interviewed"]


def test_an_interview_that_was_held_counts_though_nobody_moved_the_stage():
    history = replace(OPENED, interviews=(FIRST,))
    found = assess(history, DEFAULTS, FIRST.ends_at)
    assert (found.stage, found.effective_stage, found.stage_since) == (
        "interview_scheduled",
        "interviewed",
        FIRST.ends_at,
    )
