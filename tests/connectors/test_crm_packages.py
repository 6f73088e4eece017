"""Every CRM is a package with the same names of files."""

from pathlib import Path

import pytest

from app.connectors.registry import CONNECTORS

CRM = Path(__file__).resolve().parents[2] / "app" / "connectors" / "crm"
INVENTED = Path(__file__).parent / "invented" / "hirewell"
ALWAYS = {"__init__", "connector", "guide", "records"}
SOMETIMES = {
    *("auth", "client", "sync", "write_back"),
    *(
        "payload_parsers",
        "people",
        "applications",
        "statuses",
        "interviews",
        "activities",
        "milestones",
        "reference_checks",
    ),
}


@pytest.mark.parametrize("package", [*(CRM / system for system in CONNECTORS), INVENTED], ids=lambda path: path.name)
def test_a_crm_has_the_same_names_of_files(package):
    names = {path.stem for path in package.glob("*.py")}
    assert names >= ALWAYS
    assert names <= ALWAYS | SOMETIMES


def test_every_package_is_registered():
    assert {path.name for path in CRM.iterdir() if (path / "connector.py").exists()} == set(CONNECTORS)
