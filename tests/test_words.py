"""Names and English: banned names and phrases, unique class names, and the form of docstrings."""

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from app.tables import metadata

HOME = Path(__file__).resolve().parents[1]

PACKAGES = (
    *sorted(
        f"app/{path.name}"
        for path in (HOME / "app").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    ),
    "migrations",
)
"""The packages and modules of the service, as paths."""

TESTS = (
    "tests/applications",
    "tests/attack",
    "tests/bench",
    "tests/candidates",
    "tests/connectors",
    "tests/console",
    "tests/contract",
    "tests/crash",
    "tests/crms",
    "tests/demo",
    "tests/erasure",
    "tests/jobs",
    "tests/kit",
    "tests/organisations",
    "tests/policies",
    "tests/rules",
    "tests/search",
    "tests/spreadsheets",
    "tests/thank_you",
    "tests/webhooks",
)
"""The packages of tests whose English is held, too. Their fixtures are nouns, and so are the docstrings of these."""

UNHELD = "tests/connectors/stories/"
"""Tests that are not held yet: they are about to become one test over a driver for each CRM."""

NAMES = frozenset(
    (
        *("told", "settle", "settled", "carry_out", "story", "News", "Desk", "House"),
        *("Doorkeeper", "Manners", "Writes", "_One", "_Line", "standing", "Standing", "belongs"),
        *("Presence", "presence", "initiative", "Ladder", "ladder", "ladders", "rung", "rungs"),
        *("climb", "let_off", "Asker", "ComeBack", "NotMyTurn", "MayAsk", "Linked", "faring"),
        *(
            "mending",
            "placing",
            "keeping_time",
            "known_thing",
            "facts_in_rows",
            "logged_words",
            "worker_work",
            "worker_of",
        ),
        *("free_interaction", "let_go_interaction", "hand_over"),
    )
)
"""Identifiers that say nothing, or that had several meanings."""

PHRASES = (
    *("whoever", "whomever", "whatever", "anew", "let go", "lets go", "let off", "fares", "faring"),
    *("in a hurry", "denies us", "without a word", "comes home", "come home", "dies of", "died of"),
    *("is told", "was told", "are told", "were told", "told of", "tell of", "tells of", "told wrongly"),
    *("takes back", "take back", "taken back", "kept in mind", "in mind", "holds up", "stumbles? over"),
    *("so to speak", "the heart", "what came", "what is left", "what it rests on", "the same again"),
    *("ladders?", "rungs?", "domain\\.md", "as it was told", "wire shapes?", "the door", "the books"),
)
"""Figures of speech and relative clauses that stand for a noun, as regular expressions."""

STORED_WORDS = frozenset(
    (
        *("because", "what", "why", "who", "told", "thing", "things", "known", "gone", "ours", "mine", "theirs"),
        *("arrival", "arrivals", "walk", "walks", "place", "places", "unplaced", "forgotten", "standing", "stands"),
    )
)
"""Words that no name of a table, column, index or constraint has."""

MESSAGE_PHRASES = ("whoever", "anew", "let go of", "in a hurry", "denies us", "told anew", "told wrongly")
"""Phrases that no message or log line has, either."""

NO_START = re.compile(
    r"(?:What|Whatever|Whether|Who|Whom|Whose|Which|When|Where|Why|How|That|Since|From when|Until|If|As|So|And|But|Or|"
    r"Because|Though|It|They|We|You|There|Here|This|These|Those|Nobody|Somebody|Everybody|Anybody|Everything|Nothing|"
    r"Something|Not|Never|Only|Still|Once|Also|Told|Said|By|Of|In|On|At|To|For|With|Without|Before|After|Between|Beside|"
    r"Up|Down|Just|Now|Then|Today|Straight|Too|More|Most)\b"
)
"""Starts of a docstring that is neither a verb nor a noun phrase."""

FIELD_START = re.compile(r"(?:If|With|For|When|Since when|From when|Until|Who|Whether|Which|Where|Why|How|By)\b")
"""Starts that a field may have besides, such as "When it happened"."""

NOUN_START = re.compile(r"(?:The|A|An|One|All|Every|Each|No|Its|Their|Our)\b")
"""Starts of a noun phrase, which a function does not have: it starts with a verb."""

CITATION = re.compile(r"\[[VTU][:,\]][^\]]*\]?|^ *Sources: .*?(?=\n\s*\n|\Z)", re.MULTILINE | re.DOTALL)
"""Sources of facts about a vendor: one in brackets, or a paragraph that lists them."""

MAX_WORDS = 25


class Prose(NamedTuple):
    """A docstring or a comment, with its place and the kind of the thing that it describes."""

    place: str
    kind: str
    text: str


def modules(packages: Iterable[str] = PACKAGES) -> Iterator[tuple[str, str, ast.Module]]:
    """Yield path, source and tree of each module of the packages."""
    for package in packages:
        whole = HOME / package
        for path in [whole] if whole.is_file() else sorted(whole.rglob("*.py")):
            place = path.relative_to(HOME).as_posix()
            if not place.startswith(UNHELD):
                yield place, *parsed(path)


@cache
def parsed(path: Path) -> tuple[str, ast.Module]:
    """Return source and tree of a module."""
    source = path.read_text(encoding="utf-8")
    return source, ast.parse(source)


def docstring(statement: ast.stmt) -> str | None:
    """Return the text of a statement that is only a string."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        value = statement.value.value
        return value if isinstance(value, str) else None
    return None


def kind_of(node: ast.AST) -> str:
    """Return `module`, `class`, `property` or `function`."""
    if isinstance(node, ast.Module):
        return "module"
    if isinstance(node, ast.ClassDef):
        return "class"
    decorators = {ast.unparse(one) for one in getattr(node, "decorator_list", ())}
    return "property" if decorators & {"property", "cached_property"} else "function"


def docstrings() -> Iterator[Prose]:
    """Yield the docstrings of modules, classes, functions and fields, those of tests included."""
    for path, _, tree in modules((*PACKAGES, *TESTS)):
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if not isinstance(body, list):
                continue
            if body and isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                text = docstring(body[0])
                if text is not None:
                    yield Prose(f"{path}:{body[0].lineno}", kind_of(node), text)
            for before, statement in pairwise(body):
                text = docstring(statement)
                if text is not None and isinstance(before, ast.Assign | ast.AnnAssign):
                    yield Prose(f"{path}:{statement.lineno}", "field", text)


def comments() -> Iterator[Prose]:
    """Yield the comments, those that fill consecutive lines as one."""
    for path, source, _ in modules((*PACKAGES, *TESTS)):
        block: list[str] = []
        for number, line in enumerate([*source.splitlines(), ""], 1):
            if line.lstrip().startswith("# "):
                block.append(line.strip(" #"))
            elif block:
                yield Prose(f"{path}:{number}", "comment", " ".join(block))
                block = []
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT and token.line[: token.start[1]].strip():
                yield Prose(f"{path}:{token.start[0]}", "comment", token.string.strip(" #"))


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text."""
    for paragraph in re.split(r"\n\s*\n", CITATION.sub("", text).strip()):
        yield from re.split(r"(?<=[.?!])\s+", re.sub(r"\s+", " ", paragraph))


def names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield each identifier of a module with a line on which it is used."""
    for node in ast.walk(tree):
        for field in ("name", "id", "attr", "arg", "asname"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield name, getattr(node, "lineno", 0)


def test_no_banned_name_is_used():
    held = [(path, tree) for path, _, tree in modules((*PACKAGES, "tests"))]
    found = {(path, name) for path, tree in held for name, _ in names(tree) if name in NAMES}
    found |= {(path, Path(path).stem) for path, _ in held if Path(path).stem in NAMES}
    assert sorted(found) == []


def test_no_banned_word_is_in_a_name_of_the_database():
    stored = {table.name for table in metadata.tables.values()}
    for table in metadata.tables.values():
        stored.update(f"{table.name}.{column.name}" for column in table.columns)
        stored.update(str(index.name) for index in table.indexes)
        stored.update(str(constraint.name) for constraint in table.constraints)
    assert sorted(name for name in stored if STORED_WORDS & set(re.split(r"[._]", name))) == []


def test_no_class_name_is_used_twice_in_a_package():
    twice = []
    for package in PACKAGES:
        count: Counter[str] = Counter()
        for _, _, tree in modules([package]):
            count.update(node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
        twice += [f"{package}: {name}" for name, number in count.items() if number > 1]
    assert twice == []


def test_prose_has_no_banned_phrase():
    banned = re.compile(rf"\b(?:{'|'.join(PHRASES)})\b", re.IGNORECASE)
    found = [(one.place, match[0]) for one in (*docstrings(), *comments()) if (match := banned.search(one.text))]
    assert found == []


def test_messages_have_no_banned_phrase():
    banned = re.compile(rf"\b(?:{'|'.join(MESSAGE_PHRASES)})\b", re.IGNORECASE)
    found = [
        (f"{path}:{node.lineno}", node.value)
        for path, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and banned.search(node.value)
    ]
    assert found == []


def test_docstrings_start_with_a_verb_or_a_noun_phrase():
    wrong = []
    for one in docstrings():
        text = one.text.strip()
        is_field = one.kind == "field" and FIELD_START.match(text)
        is_noun = one.kind == "function" and one.place.startswith("app/") and NOUN_START.match(text)
        if (NO_START.match(text) and not is_field) or is_noun:
            wrong.append((one.place, text.splitlines()[0]))
    assert wrong == []


@pytest.mark.parametrize("prose", [docstrings, comments])
def test_sentences_are_short(prose):
    long = [
        (one.place, sentence)
        for one in prose()
        for sentence in sentences(one.text)
        if len(sentence.split()) > MAX_WORDS
    ]
    assert long == []
