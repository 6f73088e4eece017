"""The policy: its defaults, how overrides lie over each other, and what it refuses."""

from __future__ import annotations

from datetime import time

import pytest

from app.rules.action_kinds import POLICY_SECTIONS, ActionKind
from app.rules.flags import FlagKind
from app.rules.policy import DEFAULTS, overlay, policy_faults, values


def test_every_number_has_the_default_of_the_specification():
    assert values(DEFAULTS) == {
        "going_quiet": {
            "enabled": True,
            "watch": 2,
            "warning": 4,
            "critical": 7,
            "offer": {"watch": 1, "warning": 2, "critical": 3},
            "max_silence": 10,
            "max_silence_accepted": 5,
            "attempts": 3,
        },
        "client_quiet": {"enabled": True, "watch": 2, "warning": 4, "critical": 7},
        "reply_owed": {
            "enabled": True,
            "watch": 2,
            "warning": 3,
            "critical": 5,
            "client": {"watch": 1, "warning": 2, "critical": 3},
        },
        "update_owed": {"enabled": True, "watch": 5, "warning": 8, "critical": 12, "known_date": 10},
        "over_contacting": {"enabled": True, "window_days": 7, "watch": 2, "warning": 3, "critical": 5},
        "premature_contact": {"enabled": True, "default_wait_days": 7},
        "off_channel_contact": {"enabled": True, "open_days": 14},
        "follow_up_overdue": {"enabled": True, "late_after": None, "late_due": "12:00", "lapse_days": 10},
        "debrief_overdue": {"enabled": True, "warning": 2, "lapse_days": 10},
        "timeline_missing": {"enabled": True, "warning": 3, "grace": 3},
        "timeline_overdue": {"enabled": True, "critical": 5},
        "commitment_overdue": {"enabled": True, "warning": 2, "ahead_days": 7},
        "nothing_booked": {"enabled": True, "warning": 2},
        "closure_owed": {"enabled": True, "warning": 2, "critical": 4, "open_days": 30},
        "check_overdue": {"enabled": True, "arrange_days": 2, "result_days": 5, "warning": 2, "critical": 4},
        "resignation_overdue": {"enabled": True, "resign_days": 2, "warning": 2, "critical": 4},
        "counter_offer_open": {"enabled": True},
        "start_unsettled": {"enabled": True, "agree_days": 3, "warning": 3},
        "written_offer": {"enabled": True, "days": 2},
        "notice": {"enabled": True, "every_days": 7},
        "keep_warm": {"enabled": True, "every_days": 45},
        "thank_you": {"enabled": True, "morning_before": "12:00", "expires_hours": 48},
        "reply_window_hours": 48,
        "episode_minutes": 60,
        "chase_spacing_days": 7,
    }


def test_the_defaults_laid_over_themselves_are_the_defaults():
    assert overlay() == overlay(values(DEFAULTS)) == DEFAULTS


def test_each_set_of_overrides_lies_over_the_one_before_field_by_field():
    policy = overlay(
        {"going_quiet": {"watch": 1, "offer": {"critical": 9}}, "episode_minutes": 30},
        {"going_quiet": {"watch": 3}, "follow_up_overdue": {"late_after": "17:30"}},
        {"going_quiet": {"watch": None}, "episode_minutes": None},
    )
    assert policy.going_quiet.watch == 3
    assert policy.going_quiet.offer.critical == 9
    assert policy.going_quiet.warning == 4
    assert policy.episode_minutes == 30
    assert policy.follow_up_overdue.late_after == time(17, 30)


@pytest.mark.parametrize(
    ("overrides", "pointer", "sentence"),
    [
        ({"going_quite": {}}, "/going_quite", "There is no such field in the policy."),
        ({"going_quiet": {"off/er": 1}}, "/going_quiet/off~1er", "There is no such field in the policy."),
        ({"going_quiet": 3}, "/going_quiet", "This must be an object."),
        ({"going_quiet": {"enabled": 1}}, "/going_quiet/enabled", "This must be true or false."),
        ({"going_quiet": {"watch": True}}, "/going_quiet/watch", "This must be a whole number."),
        ({"going_quiet": {"watch": 1.5}}, "/going_quiet/watch", "This must be a whole number."),
        ({"going_quiet": {"offer": {"watch": 0}}}, "/going_quiet/offer/watch", "This must be between 1 and 10000."),
        ({"timeline_missing": {"grace": -1}}, "/timeline_missing/grace", "This must be between 0 and 10000."),
        ({"chase_spacing_days": 10**30}, "/chase_spacing_days", "This must be between 1 and 10000."),
        (
            {"thank_you": {"morning_before": "12"}},
            "/thank_you/morning_before",
            "This must be a time of day such as 12:00.",
        ),
        (
            {"follow_up_overdue": {"late_after": 17}},
            "/follow_up_overdue/late_after",
            "This must be a time of day such as 12:00.",
        ),
        (
            {"follow_up_overdue": {"late_after": "24:00"}},
            "/follow_up_overdue/late_after",
            "This must be a time of day such as 12:00.",
        ),
        (
            {"client_quiet": {"watch": 5}},
            "/client_quiet/watch",
            "`warning` must not be below `watch`: thresholds must not decrease.",
        ),
        (
            {"client_quiet": {"critical": 3}},
            "/client_quiet/critical",
            "`critical` must not be below `warning`: thresholds must not decrease.",
        ),
        (
            {"going_quiet": {"offer": {"watch": 3}}},
            "/going_quiet/offer/watch",
            "`warning` must not be below `watch`: thresholds must not decrease.",
        ),
        (
            {"closure_owed": {"warning": 5}},
            "/closure_owed/warning",
            "`critical` must not be below `warning`: thresholds must not decrease.",
        ),
    ],
)
def test_what_does_not_fit_is_pointed_at(overrides, pointer, sentence):
    assert policy_faults(overrides) == [(pointer, sentence)]
    if "thresholds" not in sentence:
        with pytest.raises(ValueError, match=pointer):
            overlay(overrides)


def test_what_fits_has_no_problems():
    assert policy_faults({"timeline_missing": {"grace": 0}, "client_quiet": {"watch": 4, "critical": None}}) == []
    assert policy_faults(values(DEFAULTS)) == []


def test_thresholds_are_checked_together_with_inherited_ones():
    agency = {"client_quiet": {"watch": 4, "warning": 6}}
    assert policy_faults({"client_quiet": {"warning": 3}}) == []
    assert policy_faults({"client_quiet": {"warning": 3}}, agency) == [
        ("/client_quiet/warning", "`warning` must not be below `watch`: thresholds must not decrease.")
    ]
    assert policy_faults({"client_quiet": {"warning": 3}}, overlay(agency)) == policy_faults(
        {"client_quiet": {"warning": 3}}, agency
    )


def test_every_rule_has_its_switch_and_every_action_its_rule():
    switches = {name for name, section in values(DEFAULTS).items() if isinstance(section, dict)}
    assert {kind.value for kind in FlagKind} | {"thank_you", "written_offer", "notice", "keep_warm"} == switches
    assert set(POLICY_SECTIONS) == set(ActionKind)
    assert {name for names in POLICY_SECTIONS.values() for name in names} == switches
