"""The rules of the house that no lint can hold. Those that one can hold are in pyproject.toml."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware  # noqa: TID251  named here to find it elsewhere

from app.kit.settings import Settings

HOME = Path(__file__).resolve().parents[1]
LINES = 400  # look again at 250; nothing is so much one idea that it needs more than this


def tracked() -> list[Path]:
    """Every file that a clone would have, those about to be committed included."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=HOME, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listing.returncode:
        pytest.skip("this is no git checkout")
    return [path for name in listing.stdout.splitlines() if (path := HOME / name).is_file()]


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Each module below the folders, by its path in the project."""
    for folder in folders:
        for path in sorted((HOME / folder).rglob("*.py")):
            yield path.relative_to(HOME).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def calls_of(name: str, module: ast.Module) -> bool:
    """Whether something called `name` is called, by itself or as a method."""
    called = (node.func for node in ast.walk(module) if isinstance(node, ast.Call))
    return any(getattr(function, "attr", getattr(function, "id", None)) == name for function in called)


def test_one_file_commits():
    committing = {path for path, module in modules("app") if calls_of("commit", module)}
    assert committing <= {"app/kit/db.py"}, "one request or one step is one transaction: app/kit/db.py commits it"


def test_a_test_turns_the_clock_and_never_sleeps():
    sleeping = [path for path, module in modules("tests") if calls_of("sleep", module)]
    assert sleeping == ["tests/bench/deliver.py"], "a benchmark measures real time and paces its events"


def test_a_file_is_about_one_thing():
    lengths = {path: len((HOME / path).read_text(encoding="utf-8").splitlines()) for path, _ in modules("app", "tests")}
    assert {path: length for path, length in lengths.items() if length > LINES} == {}


def test_every_setting_says_what_it_is_for():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_readme_tells_of_every_setting():
    rows = re.findall(r"^\| (`KEEPWARM_.*?) \|.*\| (.*?) \|$", (HOME / "README.md").read_text("utf-8"), re.MULTILINE)
    defaults = {name.lower(): default for names, default in rows for name in re.findall(r"KEEPWARM_(\w+)", names)}
    assert defaults.keys() == Settings.model_fields.keys()
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, str | int | float):  # the others are described in words
            default = f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
            assert f"`{default.lower() if isinstance(field.default, bool) else default}`" in defaults[name], name


def test_no_middleware_costs_a_task_a_request():
    from app.api import create_app

    stack: list[Middleware] = create_app(Settings()).user_middleware
    costly = [item.cls for item in stack if isinstance(item.cls, type) and issubclass(item.cls, BaseHTTPMiddleware)]
    assert costly == []


MACHINE = re.compile(r"(?<![\w.}])/(?:home|root|Users|tmp|work|opt)/\w")
REGISTRY = re.compile(
    r"pythonhosted\.org|pypi\.org|npmjs\.(?:org|com)|debian\.org|--(?:extra-)?index-url|--find-links|--trusted-host"
)


def test_no_file_knows_the_machine_or_the_registry_it_was_made_with():
    knowing = []
    for path in tracked():
        if path != Path(__file__):
            text = path.read_bytes().decode(errors="ignore")
            knowing += [f"{path.relative_to(HOME)}: {found[0]}" for found in MACHINE.finditer(text)]
            knowing += [f"{path.relative_to(HOME)}: {found[0]}" for found in REGISTRY.finditer(text)]
    assert knowing == []


def test_the_top_of_the_tree_stays_small():
    top = {path.relative_to(HOME).parts[0] for path in tracked()}
    files = {"Dockerfile", "Makefile", "README.md", "compose.yaml", "pyproject.toml"}
    assert {name for name in top if not name.startswith(".")} <= files | {"app", "migrations", "openapi", "tests"}
