"""The pipeline: counts by stage, the oldest in each stage, and the cards."""

from datetime import timedelta

from tests.applications.agency_client import AgencyClient, Row, at, day, done, refused

BOARD = [
    *("interview_scheduled", "interviewed", "awaiting_decision", "reference_check", "screening", "offer", "accepted"),
    "on_hold",
]


def counts(agency: AgencyClient, **params: object) -> dict[str, int]:
    stages = agency.get("pipeline", **params)["stages"]
    assert [stage["stage"] for stage in stages] == BOARD
    return {stage["stage"]: stage["count"] for stage in stages if stage["count"]}


def cards(agency: AgencyClient, **params: object) -> list[Row]:
    items: list[Row] = agency.get("pipeline", **params)["items"]
    return items


def test_every_stage_on_the_board_is_counted_and_names_its_oldest(agency: AgencyClient):
    oldest = agency.open(stage="offer", opened_at=day(1, 5))["id"]
    agency.open(stage="offer", opened_at=day(1, 6))
    agency.open(stage="rejected")
    agency.open(stage="placed")
    assert counts(agency) == {"interview_scheduled": 1, "offer": 2}
    found = {stage["stage"]: stage for stage in agency.get("pipeline")["stages"]}
    assert (found["offer"]["oldest_application_id"], at(found["offer"]["oldest_since"])) == (oldest, day(1, 5))
    assert (found["accepted"]["oldest_application_id"], found["accepted"]["oldest_since"]) == (None, None)


def test_a_card_stands_in_its_effective_stage_since_the_interview_ended(agency: AgencyClient):
    agency.interview(ended=day(4, 10))
    assert counts(agency) == {"interview_scheduled": 1}
    agency.wait(day(4, 10))
    assert counts(agency) == {"interviewed": 1}
    (card,) = cards(agency)
    assert (card["stage"], at(card["since"]), card["court"]) == ("interviewed", day(4, 10), "recruiter")
    assert (card["candidate"]["name"], card["job"]["name"], card["organisation"]["name"]) == (
        "Robin Reed", "Fitter", "Acme"
    )  # fmt: skip


def test_a_card_shows_its_flags_but_not_the_dismissed(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.says("candidate", "client", "chase", channel="linkedin")
    (card,) = cards(agency)
    assert {flag["kind"]: flag["severity"] for flag in card["flags"]} == agency.active_flags()
    done(agency.post(f"flags/{agency.flag('premature_contact')['id']}/dismiss", reason="They had agreed it"), 200)
    (card,) = cards(agency)
    assert card["flags"] == [{"kind": "off_channel_contact", "severity": "warning"}]


def test_the_longest_in_their_stage_come_first_page_by_page(agency: AgencyClient):
    opened = [agency.open(stage="offer", opened_at=day(1, 6) + timedelta(hours=7 * n % 5))["id"] for n in range(5)]
    everything = cards(agency, stage="offer")
    assert [at(card["since"]) for card in everything] == sorted(at(card["since"]) for card in everything)
    assert {card["application_id"] for card in everything} == set(opened)
    first = agency.get("pipeline", stage="offer", limit=3)
    rest = agency.get("pipeline", stage="offer", limit=3, cursor=first["next_cursor"])
    assert (first["items"] + rest["items"], rest["next_cursor"]) == (everything, None)
    refused(agency.admin.get(f"/v1/pipeline?limit=3&cursor={first['next_cursor']}"), 400)


def test_it_is_narrowed_to_a_recruiter_an_organisation_or_a_stage(agency: AgencyClient):
    sam = agency.add("recruiters", name="Sam")["id"]
    elsewhere = agency.open_elsewhere(recruiter_id=sam, stage="offer")
    assert counts(agency, recruiter=sam) == {"offer": 1}
    assert counts(agency, organisation=agency.organisation["id"]) == {"interview_scheduled": 1}
    assert [card["application_id"] for card in cards(agency, recruiter=sam)] == [elsewhere["id"]]
    assert counts(agency, stage="offer") == {"interview_scheduled": 1, "offer": 1}, "the counts are of the whole board"
    assert [card["application_id"] for card in cards(agency, stage="offer")] == [elsewhere["id"]]


def test_the_ended_are_off_the_board_and_shown_when_asked_for(agency: AgencyClient):
    done(agency.moves("rejected", reason="Pay"))
    assert (counts(agency), cards(agency)) == ({}, [])
    assert [card["application_id"] for card in cards(agency, stage="rejected")] == [agency.id]
    refused(agency.admin.get("/v1/pipeline?stage=limbo"), 422)
