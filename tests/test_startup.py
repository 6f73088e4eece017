"""An operator's mistake is one line and exit code 2; a start says what runs, where, and against which database."""

import json
import socket
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy.engine import make_url

from app import __main__ as command
from app import __version__
from app.kit import startup
from app.kit.dialects import Postgres, Sqlite
from app.kit.settings import Settings
from tests import databases
from tests.service import SECRET_KEY

HOME = Path(__file__).resolve().parent.parent


@pytest.fixture
def keepwarm(monkeypatch, capsys, tmp_path) -> Callable[..., tuple[int, str, str]]:
    """Runs a command in this process; answers exit code, output and errors. Nothing listens and no loop runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "run_server", lambda *_, **__: None)
    monkeypatch.setattr(command, "configure", lambda *_: None)
    monkeypatch.setattr(command, "freeze_objects", lambda: None)

    def run(*words: str, **settings: str) -> tuple[int, str, str]:
        for name, value in settings.items():
            monkeypatch.setenv(f"KEEPWARM_{name.upper()}", value)
        with pytest.raises(SystemExit) as ended:
            command.main(words)
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


MISTAKES = {
    "no database of ours": ({"database_url": "mysql://u:hush@h/x"}, "KEEPWARM_DATABASE_URL: must be"),
    "not a URL": ({"database_url": "nonsense"}, "KEEPWARM_DATABASE_URL: must be"),
    "nobody there": ({"database_url": "postgresql://u:hush@127.0.0.1:1/x"}, "Connection refused"),
    "no such host": ({"database_url": "postgresql://u:hush@localhost.invalid/x"}, "localhost.invalid"),
    "unwritable": ({"database_url": "sqlite:////dev/null/x.db"}, "/dev/null/x.db cannot be used"),
    "a directory": ({"database_url": "sqlite:////tmp"}, "Is a directory"),
    "a short key": ({"secret_key": "hush"}, "has 4 characters and needs 32"),
    "a wrong port": ({"port": "seven"}, "KEEPWARM_PORT: "),
}


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("what", ["serve", "work"])
def test_a_mistake_is_one_line_and_exit_code_2(keepwarm, what, mistake):
    settings, line = MISTAKES[mistake]
    code, out, err = keepwarm(what, **settings)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert line in err
    assert "hush" not in err


def test_a_file_that_is_no_database_is_named(keepwarm, tmp_path):
    (tmp_path / "notes.db").write_text("These are notes and no database. " * 100)
    code, _, err = keepwarm("serve", database_url=f"sqlite:///{tmp_path}/notes.db")
    assert (code, "file is not a database" in err) == (2, True)


def test_a_port_in_use_is_named(keepwarm):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, err = keepwarm("serve", "--port", str(port))
    assert (code, f"port {port}: Address already in use" in err) == (2, True)


def test_a_database_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(startup, "DATABASE_SECONDS", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"postgresql://u:hush@127.0.0.1:{silent.getsockname()[1]}/x"
        with pytest.raises(startup.CannotStart, match="did not answer") as late:
            startup.check_database(Settings(database_url=url))
    assert late.value.hangs


@pytest.mark.parametrize("what", ["serve", "work"])
def test_postgresql_needs_a_secret_key_at_start(keepwarm, what):
    code, _, err = keepwarm(what, database_url=databases.of_this_process("postgresql"))
    assert (code, "KEEPWARM_SECRET_KEYS is not set" in err) == (2, True)


@pytest.mark.parametrize("what", ["serve", "work"])
@pytest.mark.parametrize(
    ("login", "reason"),
    [
        (databases.for_the_superuser, "is a superuser or has BYPASSRLS"),
        (databases.for_the_owner, "owns the tables"),
        (databases.for_a_stranger, "permission denied to set role"),
    ],
)
def test_a_role_that_row_level_security_does_not_bind_is_refused(keepwarm, what, login, reason):
    url = login(databases.of_this_process("postgresql"))
    code, out, err = keepwarm(what, database_url=url, secret_key=SECRET_KEY)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert reason in err
    assert "IN ROLE keepwarm_api, keepwarm_worker" in err


def test_wrong_credentials_and_a_wrong_name_are_named(keepwarm):
    url = databases.of_this_process("postgresql")
    code, _, err = keepwarm("migrate", database_url=url.rpartition("/")[0] + "/nowhere")
    assert (code, err.count("\n"), "nowhere" in err) == (2, 1, True)


def test_a_start_says_what_runs_where_and_against_which_database(keepwarm, monkeypatch):
    url = databases.of_this_process("postgresql")
    logged: list[dict[str, object]] = []
    noted = SimpleNamespace(info=lambda event, **rest: logged.append({"event": event} | rest))
    monkeypatch.setattr("app.__main__.log", noted)
    code, _, err = keepwarm("serve", "--port", "8299", database_url=url, secret_key=SECRET_KEY)
    assert (code, err) == (0, "")
    line = json.dumps(logged[0])
    assert logged[0]["event"] == "keepwarm serve"
    assert "http://127.0.0.1:8299" in line
    assert "postgresql://" in line
    assert "keepwarm_tests_service:keepwarm_tests_service" not in line, "the password"


def test_the_version_is_that_of_the_package(keepwarm):
    assert keepwarm("--version")[:2] == (0, f"keepwarm {__version__}\n")
    assert tomllib.loads((HOME / "pyproject.toml").read_text())["project"]["version"] == __version__


def test_the_contract_is_written_to_standard_output_outside_the_repository(keepwarm, monkeypatch, tmp_path):
    monkeypatch.setattr(command, "CONTRACT", tmp_path / "openapi" / "openapi.json")
    code, out, _ = keepwarm("openapi")
    assert (code, json.loads(out)["info"]["title"]) == (0, "Keepwarm")


def test_the_service_starts_without_the_demo():
    script = """
import sys
sys.modules["app.demo"] = None
import app.worker
from app.api import create_app
from app.kit.settings import Settings
print(len(create_app(Settings()).openapi()["paths"]))
"""
    started = subprocess.run([sys.executable, "-c", script], cwd=HOME, capture_output=True, text=True, check=True)
    assert int(started.stdout) > 50


def test_an_sqlite_file_is_its_owners_alone(tmp_path):
    file = tmp_path / "kept.db"
    for made in (lambda: None, lambda: file.chmod(0o644)):
        made()
        Sqlite(make_url(f"sqlite:///{file}"), guarded=True)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["ssl", "sslmode"])
def test_a_url_asks_for_tls_as_other_clients_of_postgresql_do(name):
    database = Postgres(make_url(f"postgresql://u:p@h/x?{name}=verify-full&application_name=a"), 1, as_owner=False)
    engine = database._of_agency
    asked = engine.dialect.create_connect_args(engine.url)[1]
    assert (asked["ssl"], "sslmode" in asked) == ("verify-full", False)


@pytest.mark.parametrize("text", ["", "\n", "x\n", "short"])
def test_a_key_file_that_was_spoilt_is_refused(keepwarm, tmp_path, text):
    (tmp_path / "kept.db.key").write_text(text)
    code, out, err = keepwarm("serve", database_url=f"sqlite:///{tmp_path}/kept.db")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "key file" in err


def test_the_owners_command_says_who_has_to_run_what(keepwarm):
    url = databases.for_the_superuser(databases.of_this_process("postgresql"))
    code, _, err = keepwarm("migrate", database_url=url)
    assert (code, "run it as keepwarm_tests_owner" in err) == (2, True)
