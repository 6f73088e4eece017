"""What prose cites exists: files, sections, commands, `make` targets, modules, functions and decisions."""

import ast
import re
import tokenize
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
import typer

from app.__main__ import main
from app.connectors.inbox.schemas import State
from app.webhooks.endpoints.schemas import DeliveryState
from app.webhooks.event_types import AnyEventType
from tests.test_house import HOME, tracked

EXTENSIONS = ("css", "html", "js", "json", "md", "mako", "py", "svg", "toml", "txt", "yaml", "yml")
MADE = {".coverage/", ".venv/", "backup/"}
"""Paths that a command or an operator makes."""
OF_OTHERS = {"AsyncConnection.run_sync", "keepwarm.agency", "keepwarm.all_agencies"}
"""Functions of libraries, and settings of PostgreSQL."""
EVENTS = {name for part in get_args(AnyEventType) for name in (get_args(part) or (part,))}


def documents() -> list[Path]:
    """Every page of prose in the repository."""
    return [path for path in tracked() if path.suffix == ".md"]


BOOKS = [pytest.param(path, id=path.relative_to(HOME).as_posix()) for path in documents()]
STRICT = [
    pytest.param(path, id=path.relative_to(HOME).as_posix())
    for path in documents()
    if path.parent.name in (".github", "decisions") or path == HOME / "app" / "README.md"
]
"""Pages whose every `module.function` is checked; elsewhere fields of answers are written in this form."""


@cache
def names() -> set[str]:
    """Each tracked file and folder by its path in the project, and by every end of that path."""
    found = set()
    for path in tracked():
        file = path.relative_to(HOME)
        for whole in (file, *file.parents):
            ends = ("/".join(whole.parts[start:]) for start in range(len(whole.parts)))
            found |= {end if whole == file else f"{end}/" for end in ends}
    return found


def exists(name: str) -> bool:
    """Return whether a file, a folder or a module (`inbox/webhook_routes`) has this path or the end of it."""
    name = name.removeprefix("./").removeprefix("../")
    if "*" in name:
        return any(fnmatch(one, name) for one in names())
    module, _, function = name.rpartition(".")
    if "/" in module and function not in EXTENSIONS:  # `inbox/replay.replay_one`
        return exists(f"{module}.py") and function in defined()[module.rpartition("/")[2]]
    return any(one in names() or one in MADE for one in (name, f"{name}/", f"{name}.py"))


def is_path(word: str) -> bool:
    """Return whether a quoted word is meant as a path of this project."""
    if not re.fullmatch(r"[\w.*-]+(?:/[\w.*-]+)*/?", word) or word.startswith(("*.", "0.")):
        return False
    head, _, rest = word.partition("/")
    return word.endswith((*(f".{one}" for one in EXTENSIONS), "/")) or (bool(rest) and f"{head}/" in names())


def code_of(path: Path) -> Iterator[str]:
    """The words in backticks of a page, and the lines of its code blocks."""
    text = path.read_text("utf-8")
    for block in re.findall(r"^```(?:sh)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", BOOKS)
def test_every_link_leads_somewhere(path: Path):
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        file, _, anchor = target.partition("#")
        if file.startswith(("https:", "http:")):
            continue
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("path", BOOKS)
def test_every_path_in_a_page_exists(path: Path):
    words = {word for code in code_of(path) for word in code.split() if is_path(word)}
    assert sorted(word for word in words if not exists(word)) == []


@cache
def defined() -> dict[str, set[str]]:
    """The names that modules, packages and classes of the application define, by the name of each."""
    found: dict[str, set[str]] = {}
    for path in (HOME / "app").rglob("*.py"):
        module = path.parent.name if path.stem == "__init__" else path.stem
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                for owner in (module, path.parent.name):
                    found.setdefault(owner, set()).add(node.name)
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, set()).update(getattr(part, "name", "") for part in node.body)
    return found


@pytest.mark.parametrize("path", STRICT)
def test_every_function_in_a_page_exists(path: Path):
    for code in code_of(path):
        for owner, name in re.findall(r"(?<![\w./-])(\w+)\.(\w+)(?![\w./-])", code):
            if f"{owner}.{name}" not in EVENTS | OF_OTHERS and name not in EXTENSIONS:
                assert name in defined().get(owner, ()), f"{owner}.{name}"


@cache
def prose_of(path: Path) -> str:
    """The docstrings and comments of a module, without its sources in brackets, such as `[V: the page of a vendor]`."""
    with path.open("rb") as file:
        tokens = [
            token for token in tokenize.tokenize(file.readline) if token.type in (tokenize.COMMENT, tokenize.STRING)
        ]
    texts = [token.string for token in tokens if token.type == tokenize.COMMENT or token.string.startswith('"""')]
    return re.sub(r"\[[VTU][:,][^\]]*\]", "", "\n".join(texts))


MODULES = [path for folder in ("app", "migrations", "tests") for path in sorted((HOME / folder).rglob("*.py"))]


def unknown_commands(codes: Iterable[str]) -> Iterator[str]:
    """The `make` targets, `keepwarm` commands and modules to run that do not exist."""
    targets = set(re.findall(r"^([a-z-]+):", (HOME / "Makefile").read_text("utf-8"), re.MULTILINE))
    commands = set(typer.main.get_command(main).list_commands(None))  # type: ignore[attr-defined]
    for code in codes:
        line = code.partition("#")[0]
        for words in re.findall(r"(?:^|\s)make ((?:[a-z-]+ ?)+)", line):
            yield from (f"make {word}" for word in words.split() if word not in targets)
        for word in re.findall(r"(?:^|\s)keepwarm ([a-z][\w-]*)", line):
            if word not in commands:
                yield f"keepwarm {word}"
        for word in re.findall(r"python -m ((?:app|tests)[\w.]*)", line):
            path = word.replace(".", "/")
            if not (HOME / f"{path}.py").exists() and not (HOME / path / "__main__.py").exists():
                yield f"python -m {word}"


@pytest.mark.parametrize("path", BOOKS)
def test_every_target_and_command_in_a_page_exists(path: Path):
    assert list(unknown_commands(code_of(path))) == []


def test_every_target_and_command_in_a_docstring_or_a_comment_exists():
    quoted = (code for path in MODULES for code in re.findall(r"`([^`\n]+)`", prose_of(path)))
    assert list(unknown_commands(quoted)) == []


def test_what_does_not_exist_is_found():
    assert [exists(name) for name in ("webhook_routes.py", "inbox/", "kit/db", "kit/nothing.py", "nothing/")] == [
        True
    ] * 3 + [False] * 2
    assert list(unknown_commands(["make test nothing", "keepwarm bench", "python -m tests.nothing"])) == [
        "make nothing",
        "keepwarm bench",
        "python -m tests.nothing",
    ]


def test_every_file_that_a_docstring_or_a_comment_cites_exists():
    cited = {
        (path.relative_to(HOME).as_posix(), word)
        for path in MODULES
        for word in re.findall(r"(?<![\w/.:-])[\w-]+(?:/[\w.-]+)*\.(?:md|py|toml|ya?ml)\b(?!\()", prose_of(path))
    }
    assert sorted((path, word) for path, word in cited if not exists(word)) == []


def test_every_section_of_the_rule_book_that_is_cited_exists():
    headings = set(re.findall(r"^## (.+)$", (HOME / "app" / "rules" / "README.md").read_text("utf-8"), re.MULTILINE))
    texts = [*map(prose_of, MODULES), *(path.read_text("utf-8") for path in documents())]
    cited = {
        section for text in texts for section in re.findall(r"rule book, \"([A-Z][^\"]*)\"", " ".join(text.split()))
    }
    assert len(cited) >= 4
    assert cited <= headings


def test_nothing_cites_a_section_by_its_sign():
    assert [path.name for path in [*MODULES, *documents()] if chr(0xA7) in path.read_text("utf-8")] == []


def section(title: str) -> str:
    """A section of the house map."""
    return (HOME / "app" / "README.md").read_text("utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_decision_is_dated_short_and_listed():
    listed = re.findall(r"^(\d+)\. \[(.+)\]\(decisions/(.+)\)$", section("Decisions"), re.MULTILINE)
    files = sorted((HOME / "app" / "decisions").iterdir())
    assert [name for _, _, name in listed] == [path.name for path in files]
    for (number, title, _), path in zip(listed, files, strict=True):
        text = path.read_text("utf-8")
        head = rf"# {number}\. {re.escape(title)}\n\n20\d\d-\d\d-\d\d\n\n"
        assert re.fullmatch(
            rf"{head}\*\*Context\.\*\* .*\*\*Decision\.\*\* .*\*\*Consequence\.\*\* .*", text, re.DOTALL
        )
        assert int(path.name[:2]) == int(number)
        assert len(text.splitlines()) <= 20


def test_the_diagrams_have_every_state():
    for states in (get_args(DeliveryState), get_args(State)):
        named = ", ".join(f"`{state}`" for state in states[:-1]) + f" or `{states[-1]}`"
        assert named in section("States")
    assert set(re.findall(r"▶ (\w+)", section("States"))) == {*get_args(DeliveryState), *get_args(State)}


def test_the_glossary_is_short():
    assert len(section("Glossary").splitlines()) <= 60
