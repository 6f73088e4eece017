"""The console in Chromium: keys, examples, phones. Skipped without an installed Chromium."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pydantic import SecretStr

from app.console import fixture_ids
from app.demo.loader import load
from app.kit.clock import system_now
from app.kit.db import Database
from app.kit.migrations import migrate
from app.kit.sealing import Seal
from app.kit.settings import Settings
from tests.console.contract import document
from tests.listening import listening
from tests.service import OPERATOR_KEY, SECRET_KEY

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 120_000
"""Milliseconds within which the page must react; CI machines are slow."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt-get install chromium)")


def served(folder: Path, *, demo: bool) -> Iterator[str]:
    """Start a service over a new database, with or without the demo; yield its address."""
    url = f"sqlite:///{folder / 'console.db'}"
    migrate(url)

    async def fill() -> None:
        database = Database(url, 1)
        await database.across_agencies().write(lambda conn: load(conn, system_now(), Seal(SECRET_KEY.encode())))
        await database.close()

    if demo:
        asyncio.run(fill())
    settings = Settings(
        database_url=url,
        embedded_worker=False,
        operator_key=SecretStr(OPERATOR_KEY),
        secret_key=SecretStr(SECRET_KEY),
    )
    with listening(settings) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from served(tmp_path_factory.mktemp("demo"), demo=True)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from served(tmp_path_factory.mktemp("empty"), demo=False)


@pytest.fixture(scope="module")
def browser(demo: str, empty: str) -> Iterator[Browser]:
    """One Chromium for all tests, started after the services: its driver runs a loop in this thread."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


class Reader:
    """A browser context that records errors and requests."""

    def __init__(self, browser: Browser, address: str, width: int) -> None:
        self.address, self.context = address, browser.new_context(viewport={"width": width, "height": 900})
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.broken: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.broken.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.broken.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def open(self) -> None:
        self.page.goto(f"{self.address}/docs")
        self.page.wait_for_selector(".opblock-tag")

    def enter(self, key: str) -> None:
        self.page.click(".btn.authorize")
        self.page.fill(".auth-container input", key)
        self.page.click(".auth-btn-wrapper .authorize")

    def operation(self, tag: str, id: str) -> str:
        """Open an operation and return its selector."""
        self.page.wait_for_selector(".opblock-tag")
        if self.page.locator(f"[id$='-{id}']").count() == 0:
            self.page.click(f".opblock-tag:has-text('{tag}')")
        self.page.click(f"[id$='-{id}'] .opblock-summary-control")
        self.page.wait_for_selector(f"[id$='-{id}'] .btn.execute")
        return f"[id$='-{id}']"


@pytest.fixture
def reader(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Reader]:
    where, width = request.param
    found = Reader(browser, request.getfixturevalue(where), width)
    yield found
    found.context.close()


def new_agency(page: Page, address: str) -> dict[str, str]:
    """An agency with one application: its key and ids."""

    def made(path: str, key: str, body: dict[str, str]) -> dict[str, str]:
        answer = page.request.post(f"{address}{path}", headers={"Authorization": f"Bearer {key}"}, data=body)
        assert answer.status == 201, answer.text()
        found: dict[str, str] = answer.json()
        return found

    agency = {"name": "Northlight Search", "time_zone": "Pacific/Auckland", "holiday_region": "NZ-WGN"}
    key = made("/v1/agencies", OPERATOR_KEY, agency)["api_key"]
    organisation = made("/v1/organisations", key, {"name": "Fern Logistics"})["id"]
    job = made("/v1/jobs", key, {"title": "Dispatcher", "organisation_id": organisation})["id"]
    candidate = made("/v1/candidates", key, {"name": "Ari Ngata"})["id"]
    application = made("/v1/applications", key, {"candidate_id": candidate, "job_id": job})["id"]
    return {"key": key, "application": application, "candidate": candidate}


@pytest.mark.parametrize("reader", [("demo", 1280)], indirect=True)
def test_with_the_demo_an_example_works_as_it_stands_and_nobody_else_is_asked(reader: Reader):
    reader.open()
    reader.enter(fixture_ids.DEMO_KEY)
    expect(reader.page.locator("#agency")).to_have_text("Harbour & Hale Recruitment", timeout=PATIENCE)
    here = reader.operation("Today", "get_assessment")
    expect(reader.page.locator(f"{here} .parameters input").first).to_have_value(str(fixture_ids.APPLICATION))
    reader.page.click(f"{here} .btn.execute")
    expect(reader.page.locator(f"{here} .live-responses-table .response-col_status").last).to_contain_text(
        "200", timeout=PATIENCE
    )
    assert {url for url in reader.asked if not url.startswith((reader.address, "data:"))} == set()
    assert reader.broken == []


@pytest.mark.parametrize("reader", [("empty", 1280)], indirect=True)
def test_a_wrong_key_is_refused_in_the_dialog_in_the_words_of_the_problem(reader: Reader):
    reader.open()
    reader.enter("kw_wrong")
    words = reader.page.request.get(f"{reader.address}/v1/agency", headers={"Authorization": "Bearer kw_wrong"})
    expect(reader.page.locator(".auth-container .errors")).to_contain_text(words.json()["detail"], timeout=PATIENCE)
    assert reader.page.evaluate("localStorage.getItem('authorized')") is None
    reader.page.fill(".auth-container input", f" Bearer {OPERATOR_KEY} ")
    reader.page.click(".auth-btn-wrapper .authorize")
    expect(reader.page.locator("#agency")).to_have_text("Operator", timeout=PATIENCE)


@pytest.mark.parametrize("reader", [("empty", 1280)], indirect=True)
def test_a_key_that_has_ended_is_forgotten(reader: Reader):
    reader.open()
    kept = '{"ApiKey": {"name": "ApiKey", "schema": {"type": "http", "scheme": "bearer"}, "value": "kw_ended"}}'
    reader.page.evaluate("text => localStorage.setItem('authorized', text)", kept)
    reader.open()
    assert reader.page.evaluate("localStorage.getItem('authorized')") is None
    expect(reader.page.locator(".auth-wrapper .authorize.unlocked")).to_be_visible()


@pytest.mark.parametrize("reader", [("empty", 1280)], indirect=True)
def test_without_the_demo_examples_are_neutral_and_then_ones_own(reader: Reader):
    reader.open()
    here = reader.operation("Today", "get_assessment")
    example = document()["paths"]["/v1/applications/{application_id}/assessment"]["get"]["parameters"][0]["example"]
    assert example.startswith("00000000-")
    expect(reader.page.locator(f"{here} .parameters input").first).to_have_value(example)
    own = new_agency(reader.page, reader.address)
    reader.enter(own["key"])
    expect(reader.page.locator("#agency")).to_have_text("Northlight Search", timeout=PATIENCE)
    here = reader.operation("Today", "get_assessment")
    expect(reader.page.locator(f"{here} .parameters input").first).to_have_value(own["application"])
    here = reader.operation("Applications and interviews", "open_application")
    body = reader.page.locator(f"{here} textarea.body-param__text").input_value()
    assert own["candidate"] in body
    assert "recruiter_id" not in body
    reader.page.click(".btn.authorize")
    reader.page.click(".auth-btn-wrapper button:has-text('Logout')")
    expect(reader.page.locator("#agency")).to_have_text("", timeout=PATIENCE)
    assert reader.page.evaluate("localStorage.getItem('authorized')") in (None, "{}")


WORDS_CUT_IN_TWO = """
(root) => {
  const cut = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (const word of node.data.matchAll(/[\\w.:+-]+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1) cut.push(word[0]);
    }
  }
  return cut;
}
"""


@pytest.mark.parametrize("reader", [("demo", 390)], indirect=True)
def test_a_long_answer_fits_a_phone_without_cutting_a_word(reader: Reader):
    reader.open()
    reader.enter(fixture_ids.DEMO_KEY)
    expect(reader.page.locator("#agency")).to_have_text("Harbour & Hale Recruitment", timeout=PATIENCE)
    here = reader.operation("Today", "get_assessment")
    reader.page.click(f"{here} .btn.execute")
    answer = reader.page.locator(f"{here} .live-responses-table .highlight-code pre").first
    expect(answer).to_contain_text("follow_up_overdue", timeout=PATIENCE)
    assert reader.page.evaluate("document.documentElement.scrollWidth") == 390
    text = answer.evaluate("(pre) => pre.querySelectorAll('code span').length")
    assert text > 50
    assert answer.evaluate(WORDS_CUT_IN_TWO) == []
    assert answer.evaluate("(pre) => pre.scrollWidth <= pre.clientWidth")


@pytest.mark.parametrize("reader", [("empty", 390)], indirect=True)
def test_every_page_leads_to_the_console(reader: Reader):
    for address in ("/", "/nothing/here"):
        reader.page.goto(reader.address + address)
        assert reader.page.evaluate("document.documentElement.scrollWidth") == 390
        reader.page.click("text=Open the console")
        reader.page.wait_for_selector(".opblock-tag")
    assert [url for url in reader.asked if not url.startswith(reader.address)] == []
