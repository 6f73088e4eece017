"""The README's first five minutes, line by line, against the service that `make run` starts."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.loader import load
from app.kit.clock import system_now
from app.kit.db import Database
from app.kit.migrations import migrate
from app.kit.sealing import Seal, make_seal
from app.kit.settings import Settings
from tests.listening import listening

README = Path(__file__).resolve().parents[1] / "README.md"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """The service over a freshly loaded demo, on a port of its own. Its socket listens before anybody calls."""
    url = f"sqlite:///{tmp_path / 'readme.db'}"
    migrate(url)

    async def tell(seal: Seal) -> None:
        database = Database(url)
        await database.across_agencies().write(lambda conn: load(conn, system_now(), seal))
        await database.close()

    settings = Settings(database_url=url, embedded_worker=False)
    asyncio.run(tell(make_seal(settings)))
    with listening(settings) as port:
        yield port


def blocks() -> list[str]:
    """The shell blocks that a reader pastes, in order."""
    return re.findall(r"```sh\n(.*?)```", README.read_text(), flags=re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None or shutil.which("bash") is None, reason="needs bash and curl")
def test_the_first_five_minutes_work_line_by_line(served: int):
    script = "\n".join(blocks()).replace(":8000", f":{served}")
    assert script.count("ask ") >= 10

    done = subprocess.run(
        ["bash", "-euo", "pipefail"], input=script, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    answers = done.stdout
    assert '"follow_up_hiring_manager"' in answers  # owed before the call …
    assert '"effective_stage":"interviewed"' in answers
    assert '"effective_stage":"awaiting_decision"' in answers  # … and done after it
    assert '"verdict":"wait"' in answers  # LinkedIn, and too early
    assert '"similar_title":true' in answers
    assert '"findings":[{' in answers
    assert '"signature":"webhook-id is missing or malformed"' in answers  # a dry run says what is wrong …
    assert '"record":"Interview"' in answers  # … and what would come of it
    assert '{"status":"accepted"}' in answers
    assert '"waiting":1' in answers
    assert '"secret":"whsec_' in answers
    assert '"type":"flag.raised"' in answers
    assert "event: follow_up.logged" in answers
