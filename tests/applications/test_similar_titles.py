"""Similar job titles: pairs that a recruiter calls similar, and pairs that they do not."""

import pytest

from app.applications.keep_warm.job_title_similarity import shared_words

SIMILAR = [
    ("Senior Payroll Manager", "Payroll Manager", ["payroll", "manager"]),
    ("Payroll Manager", "Payroll Officer", ["payroll"]),
    ("Payroll Manager", "PAYROLL MANAGER - 12 month contract", ["payroll", "manager"]),
    ("Accounts Payable Officer", "Account Receivable Officer", ["accounts", "officer"]),
    ("Financial Accountant", "Management Accountant", ["accountant"]),
    ("Fitter", "Fitter & Turner", ["fitter"]),
    ("Registered Nurse", "Nurse Unit Manager", ["nurse"]),
    ("Infirmière de nuit", "infirmiere", ["infirmière"]),
    ("Engineer", "Graduate Engineer (FIFO)", ["engineer"]),
    ("看護師", "看護師", ["看護師"]),
]
DIFFERENT = [
    ("Sales Manager", "Payroll Manager"),
    ("Manager", "Payroll Manager"),
    ("Team Leader", "Claims Team Leader"),
    ("Senior Consultant", "Senior Electrician"),
    ("Head of Customer Care Operations", "Customer Success Manager"),
    ("Electrician", "Plumber"),
    ("Business Analyst", "Data Analyst"),
    ("Part-time Receptionist", "Part-time Welder"),
    ("-", "Welder"),
    ("Night shift", "Day shift"),
]


@pytest.mark.parametrize(("title", "other", "words"), SIMILAR)
def test_titles_that_are_similar(title: str, other: str, words: list[str]):
    assert shared_words(title, other) == words
    assert shared_words(other, title)


@pytest.mark.parametrize(("title", "other"), DIFFERENT)
def test_titles_that_are_not(title: str, other: str):
    assert shared_words(title, other) == shared_words(other, title) == []
