"""The demo's clients: organisations, contacts and jobs. All are invented."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Client:
    """A client organisation of the demo, with its contacts and jobs."""

    name: str
    domain: str
    contacts: tuple[tuple[str, str], ...]
    """The contacts, each as a pair of name and role."""
    jobs: tuple[tuple[str, str], ...]
    """The jobs, each as a pair of title and the hiring manager's name."""
    place: tuple[str, str] | None = None
    """The time zone and the holiday region; None for those of the agency."""
    style: dict[str, Any] | None = None
    closed_on: tuple[int, ...] = ()
    """Working days from today on which the office is closed, in addition to the region's holidays."""
    works_on: tuple[str, ...] = ()
    """Holidays on which the office is open, as the holiday library names them."""


CLIENTS = (
    Client(
        "Bellbird Energy",
        "bellbird-energy.example",
        (
            ("Rosalind Achterberg", "hiring_manager"),
            ("Declan Moriarty-Voss", "interviewer"),
            ("Mei-Lin Stradbroke", "hr"),
        ),
        (
            ("Payroll Manager", "Rosalind Achterberg"),
            ("Grid Operations Lead", "Declan Moriarty-Voss"),
            ("Commercial Analyst", "Rosalind Achterberg"),
            ("Market Risk Analyst", "Rosalind Achterberg"),
        ),
        style={"preferred_channels": ["phone", "email"], "note": "Rosalind picks up before nine and after four."},
    ),
    Client(
        "Corella Health Partners",
        "corella-health.example",
        (("Simone Pargetter", "hiring_manager"), ("Dr Anton Weiss-Kealoha", "interviewer")),
        (
            ("Clinical Governance Lead", "Simone Pargetter"),
            ("Practice Manager", "Simone Pargetter"),
            ("Quality Manager", "Dr Anton Weiss-Kealoha"),
        ),
        style={
            "direct_contact": "via_recruiter",
            "thank_you": "via_recruiter",
            "note": "Everything through us: the board audits its selection files.",
        },
    ),
    Client(
        "Kestrel Ridge Mining",
        "kestrelridge.example",
        (("Shane Balfour-Ruiz", "hiring_manager"), ("Tegan Oldfather", "hr")),
        (
            ("Maintenance Planner", "Shane Balfour-Ruiz"),
            ("Site Safety Adviser", "Shane Balfour-Ruiz"),
            ("Shutdown Coordinator", "Shane Balfour-Ruiz"),
        ),
        ("Australia/Perth", "AU-WA"),
        {"preferred_channels": ["phone"], "note": "On site Tuesday to Thursday: ring at smoko, ten o'clock in Perth."},
        closed_on=(15, 16),
        works_on=("Western Australia Day",),
    ),
    Client(
        "Tuatara Foods",
        "tuatara-foods.example",
        (("Hinemoa Garrick", "hiring_manager"), ("Piers Vandeleur", "interviewer")),
        (
            ("Supply Chain Manager", "Hinemoa Garrick"),
            ("Brand Manager", "Piers Vandeleur"),
            ("Trade Marketing Manager", "Piers Vandeleur"),
        ),
        ("Pacific/Auckland", "NZ"),
        {"social": "welcome", "note": "They like people to connect; they hired two from LinkedIn last year."},
    ),
    Client(
        "Fenwick Ashdown Underwriting",
        "fenwickashdown.example",
        (("Oliver Trelawney-Nash", "hiring_manager"), ("Ngozi Farthingale", "hr")),
        (
            ("Claims Team Leader", "Oliver Trelawney-Nash"),
            ("Pricing Actuary", "Oliver Trelawney-Nash"),
            ("Reserving Actuary", "Oliver Trelawney-Nash"),
        ),
        ("Europe/London", "GB-ENG"),
        {"preferred_channels": ["email"]},
    ),
    Client(
        "Straits Ledger Payments",
        "straitsledger.example",
        (("Vanessa Koh-Lindgren", "hiring_manager"), ("Ravi Thangavel", "interviewer")),
        (
            ("Payments Product Manager", "Vanessa Koh-Lindgren"),
            ("Backend Engineer", "Ravi Thangavel"),
            ("Site Reliability Engineer", "Ravi Thangavel"),
            ("Risk Operations Analyst", "Vanessa Koh-Lindgren"),
        ),
        ("Asia/Singapore", "SG"),
        {"preferred_channels": ["whatsapp", "email"]},
    ),
    Client(
        "Hoshizora Instruments",
        "hoshizora.example",
        (("Kenta Mizushiro", "hiring_manager"), ("Akiko Tennant", "hr")),
        (
            ("Field Service Engineer", "Kenta Mizushiro"),
            ("Bilingual Sales Engineer", "Kenta Mizushiro"),
            ("Calibration Technician", "Kenta Mizushiro"),
        ),
        ("Asia/Tokyo", "JP"),
        {
            "direct_contact": "via_recruiter",
            "thank_you": "unwelcome",
            "note": "Letters of thanks embarrass them; Akiko answers by email, seldom at once.",
        },
    ),
    Client(
        "Wattle Creek Council",
        "wattlecreek.example",
        (("Geraldine Ashcombe", "hiring_manager"), ("Ihab Saddleworth", "interviewer")),
        (
            ("Finance Business Partner", "Geraldine Ashcombe"),
            ("Library Services Coordinator", "Geraldine Ashcombe"),
            ("Asset Engineer", "Ihab Saddleworth"),
            ("Rates Team Leader", "Geraldine Ashcombe"),
            ("Procurement Officer", "Geraldine Ashcombe"),
            ("Capital Works Accountant", "Geraldine Ashcombe"),
            ("Parks Supervisor", "Geraldine Ashcombe"),
            ("Payroll Team Leader", "Geraldine Ashcombe"),
        ),
        style={"direct_contact": "via_recruiter", "note": "Merit panels: nothing is said before the delegate signs."},
    ),
)
