"""Which cases a sampled run leaves out: the same in every run, and never a whole test or a kind of case."""

from types import SimpleNamespace
from typing import Any

from tests.selection import MATRIX_SIZE, ONE_IN, left_out


class Case:
    """A case of a parametrized test, as pytest collects it."""

    def __init__(self, test: str, **params: Any) -> None:
        self.nodeid = f"tests/test_some.py::{test}[{'-'.join(map(str, params.values()))}]"
        self.callspec = SimpleNamespace(params=params)


def matrix(kind: str, test: str = "test_it", cases: int = 120) -> list[Any]:
    crms = ("greenhouse", "lever", "ashby")
    return [Case(test, database_kind=kind, number=number, crm=crms[number % 3]) for number in range(cases)]


def test_about_one_case_in_six_of_a_matrix_stays_on_postgresql():
    cases = matrix("postgresql")
    kept = len(cases) - len(left_out(cases))
    assert len(cases) / ONE_IN / 2 < kept < len(cases) / ONE_IN * 2


def test_every_case_stays_on_sqlite_and_of_a_small_matrix():
    assert not left_out(matrix("sqlite"))
    assert not left_out(matrix("postgresql", cases=MATRIX_SIZE))


def test_each_value_of_a_parameter_that_has_few_stays():
    cases = matrix("postgresql", cases=MATRIX_SIZE + 1)
    out = left_out(cases)
    assert {case.callspec.params["crm"] for case in cases if case not in out} == {"greenhouse", "lever", "ashby"}


def test_each_method_of_an_operation_stays():
    methods = ("get", "put", "post", "delete")
    operations = [SimpleNamespace(method=methods[number % 4], id=number) for number in range(40)]
    cases: list[Any] = [Case("test_it", database_kind="postgresql", operation=operation) for operation in operations]
    out = left_out(cases)
    kept = {case.callspec.params["operation"].method for case in cases if case not in out}
    assert kept == set(methods)


def test_the_choice_depends_on_nothing_but_the_cases_names():
    first, second = ({case.nodeid for case in left_out(matrix("postgresql"))} for _ in range(2))
    assert first == second
