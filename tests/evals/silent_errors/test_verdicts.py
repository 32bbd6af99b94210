"""The judge of made files: true readings are right, and each false one that is planted is found, said or silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from finfoundry.core.document import Certificate, Document, Fact, Identity, Parsed
from finfoundry.core.errors import ParseError
from finfoundry.evals.silent_errors.expected import NUMBER, Figure, NoFigure, Truth
from finfoundry.evals.silent_errors.peers import judge_grids, number_in
from finfoundry.evals.silent_errors.verdicts import Reading, Verdict, judge, reading_of, same_period, same_unit

YEAR, BEFORE = "2024-01-01/2024-12-31", "2023-01-01/2023-12-31"
TRUTH = Truth(
    (
        Figure(("Revenue",), Decimal(2_500_000_000), "EUR", YEAR, "2,500", Decimal(2500)),
        Figure(("Revenue",), Decimal(2_300_000_000), "EUR", BEFORE, "2,300", Decimal(2300)),
        Figure(("Cost of sales",), Decimal(-1_100_000_000), "EUR", YEAR, "(1,100)", Decimal(-1100)),
    ),
    (NoFigure(Decimal(25_009_000_000)),),
    told=("superscript",),
    issuer="Nordfjord plc",
)


def fact(label: str, value: int, period: str = YEAR, unit: str | None = "EUR", **given: Any) -> Fact:
    return Fact((label,), Decimal(value), unit, period, str(value), 1, **{"entity": "Nordfjord plc", **given})


FACTS = [fact("Revenue", 2_500_000_000), fact("Revenue", 2_300_000_000, BEFORE), fact("Cost of sales", -1_100_000_000)]


def judged(facts: Sequence[Fact], losses: Sequence[str] = (), marks: Sequence[str] = (), truth: Truth = TRUTH) -> Verdict:
    return judge(truth, Reading(facts, losses, marks))


def changed(**given: Any) -> list[Fact]:
    """The true facts, the first otherwise."""
    return [replace(FACTS[0], **given), *FACTS[1:]]


def test_true_facts_are_right_whatever_else_is_told() -> None:
    assert judged(FACTS) == Verdict("correct", 3)
    assert judged([*FACTS, fact("Other income", 7)], ["page 2: 3 of 5 numbers of a table have no row or period"]).outcome == "correct"


PLANTED = {
    "scale": changed(value=Decimal(2_500_000)),
    "sign": changed(value=Decimal(-2_500_000_000)),
    "value": changed(value=Decimal(2_700_000_000)),
    "unit": changed(unit="USD"),
    "period": changed(period="2022-01-01/2022-12-31"),
    "missing": FACTS[1:],
    "label": changed(metric=("Rest of a label",)),
    "extra": [*FACTS, fact("Revenue", 2_600_000_000)],
    "forbidden": [*FACTS, fact("Anything", 25_009_000_000)],
    "issuer": changed(entity="RMB"),
}
NAMED = {
    "Nordfjord plc": "correct", "nordfjord": "correct", "Nordfjord plc Letter": "silent", None: "silent",
}  # fmt: skip


@pytest.mark.parametrize(("name", "outcome"), NAMED.items())
def test_a_short_name_is_the_issuer_and_a_longer_one_or_none_is_not(name: str | None, outcome: str) -> None:
    assert judged([replace(one, entity=name) for one in FACTS]).outcome == outcome


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_fault_is_found_and_silent_without_a_word(kind: str) -> None:
    found = judged(PLANTED[kind])
    assert found.outcome == "silent"
    assert [fault.kind for fault in found.faults] == [kind]


@pytest.mark.parametrize("kind", PLANTED)
def test_a_mark_says_every_fault(kind: str) -> None:
    assert judged(PLANTED[kind], marks=["low certificate: 0.40"]).outcome == "said"


@pytest.mark.parametrize(
    ("kind", "loss"),
    [
        ("scale", "table 0: the scale '00' is not understood"),
        ("missing", "page 1: 2 of 4 numbers of a table have no row or period"),
        ("missing", "table 0: a superscript was left"),
        ("missing", "'2,500' is no number"),
        ("unit", "table 0: no currency is stated"),
        ("period", "table 0: its headings do not tell 8 figures apart"),
        ("extra", "contradict: Revenues, consolidated: page 1: 2,500; page 1: 2,600"),
        ("label", "page 2: a label may go on from the page before"),
        ("issuer", "the company is not sure"),
    ],
)
def test_a_loss_about_the_fault_says_it(kind: str, loss: str) -> None:
    assert judged(PLANTED[kind], [loss]).outcome == "said"


@pytest.mark.parametrize(
    ("kind", "loss"),
    [
        ("scale", "page 1: 2 of 4 numbers of a table have no row or period"),
        ("value", "table 0: the scale '00' is not understood"),
        ("sign", "page 1: 2 of 4 numbers of a table have no row or period"),
        ("missing", "page 1: instructs whoever answers"),
        ("period", "page 1: 3 words outside the page left out"),
        ("forbidden", "page 1: 2 of 4 numbers of a table have no row or period"),
    ],
)
def test_a_loss_about_something_else_says_nothing(kind: str, loss: str) -> None:
    assert judged(PLANTED[kind], [loss]).outcome == "silent"


def test_every_fault_must_be_named() -> None:
    """A loss that names the one leaves the other silent."""
    facts = [replace(FACTS[0], value=Decimal(2_500_000)), *FACTS[2:]]
    assert judged(facts, ["the scale of the first column is not understood"]).outcome == "silent"
    assert judged(facts, ["the scale of the first column is not understood", "1 of 3 numbers has no row"]).outcome == "said"


def test_a_refusal_says_all_and_one_without_a_remedy_nothing() -> None:
    assert judge(TRUTH, reading_of(ParseError("cut short", remedy="Fetch it again"))).outcome == "said"
    assert judge(TRUTH, reading_of(ParseError("cut short"))).outcome == "silent"


def test_what_must_be_told_is_asked_for_though_all_figures_are_right() -> None:
    truth = replace(TRUTH, tell=("2,600",))
    assert judged(FACTS, truth=truth).outcome == "silent"
    assert judged(FACTS, ["contradict: Revenues: page 1: 2,500; page 2: 2,600"], truth=truth).outcome == "correct"


def test_two_figures_of_one_label_are_no_contradiction() -> None:
    both = Figure(("Revenue", "Budget"), Decimal(9), "EUR", YEAR, "9", Decimal(9))
    facts = [*FACTS, fact("Revenue", 9, dimensions=(("column", "Budget"),))]
    assert judged(facts, truth=replace(TRUTH, figures=(*TRUTH.figures, both))).outcome == "correct"
    assert judged(facts).outcome == "silent"


def test_a_share_beside_an_amount_is_no_contradiction() -> None:
    assert judged([*FACTS, replace(FACTS[0], value=Decimal("0.4"), unit="ratio")]).outcome == "correct"
    assert judged([*FACTS, replace(FACTS[0], value=Decimal("0.4"))]).outcome == "silent"


def test_words_of_a_label_are_found_around_it_and_digits_only_whole() -> None:
    rate = Figure(("AAA", "3"), Decimal("0.02"), "ratio", "2024", "2.00", Decimal(2))
    truth = Truth((rate,))
    rows = [fact("AAA", 0, unit="ratio", dimensions=(("column", words),)) for words in ("Term 3", "#3", "13", "Term 30")]
    found = [judge(truth, Reading([replace(one, value=Decimal("0.02"))])).outcome for one in rows]
    assert found == ["correct", "silent", "silent", "silent"]


def test_a_row_under_a_heading_that_is_not_its_own_has_another_label() -> None:
    truth = replace(TRUTH, figures=(replace(TRUTH.figures[0], alien="2026"),))
    assert judged(FACTS, truth=truth).outcome == "correct"
    [fault] = judged(changed(metric=("2026", "Revenue")), truth=truth).faults
    assert fault.kind == "label"


def test_marks_units_and_of_which_do_not_change_a_label() -> None:
    for label in ("Revenue (EUR million)", "Revenue:", "REVENUE *", "of which: Revenue", "Revenue¹"):
        assert judged(changed(metric=(label,))).outcome == "correct", label
    assert judged(changed(metric=("Cost of revenue",))).outcome == "silent"


def test_periods_that_a_paper_leaves_open() -> None:
    assert same_period("2024", "2024-12-31")
    assert same_period("2024", YEAR)
    assert not same_period("2024", BEFORE)
    assert same_period("2024-02", "2024-02-01/2024-02-29")
    assert same_period("2024-02", "2024-02-29")
    assert not same_period("2024-02", "2024-02-28")
    assert not same_period("2024-12-31", YEAR)


def test_what_is_counted_may_have_any_unit_but_money() -> None:
    assert same_unit("count", NUMBER)
    assert same_unit(None, NUMBER)
    assert not same_unit("EUR", NUMBER)
    assert not same_unit(None, "EUR")


def test_a_tag_may_name_a_figure_in_place_of_its_label() -> None:
    tagged = Figure(("Revenue",), Decimal(5), "EUR", YEAR, "5", Decimal(5), "Revenues")
    assert judge(Truth((tagged,)), Reading([fact("Revenues", 5, concept="Revenues")])).outcome == "correct"
    assert judge(Truth((tagged,)), Reading([fact("Revenues", 5)])).outcome == "silent"


def test_conflicts_and_broken_identities_of_a_certificate_are_words_of_it() -> None:
    document = Document("a.html", "", "text/html", 1, [])
    broken = Identity("assets = liabilities + equity", False, 1, "2024-12-31", Decimal(5), Decimal(6))
    held = replace(broken, held=True, name="other")
    certificate = Certificate(losses=["one"], conflicts=["two: 5; 6"], identities=[broken, held], mark="low")
    reading = reading_of([Parsed(document, FACTS, certificate)])
    assert list(reading.losses) == ["one", "contradict: two: 5; 6", "assets = liabilities + equity: 5 differ from 6 "]
    assert list(reading.marks) == ["low"]
    assert list(reading.facts) == FACTS


def test_readers_of_tables_are_judged_by_label_year_and_signed_number() -> None:
    grid = [["", "2024", "2023"], ["Revenue", "2,500", "2,300"], ["Cost of sales", "(1,100)", "900"]]
    assert judge_grids(TRUTH, [grid]).outcome == "correct"
    assert judge_grids(TRUTH, [[grid[0], ["Revenue", "2,300", "2,500"], grid[2]]]).right == 1
    assert judge_grids(TRUTH, [[*grid[:2], ["Cost of sales", "1,100", "900"]]]).outcome == "silent"
    assert judge_grids(TRUTH, []).right == 0


@pytest.mark.parametrize(
    ("text", "number"), [("(1,250)", "-1250"), ("−5", "-5"), ("5.2%", "5.2"), ("$ 3", "3"), ("", None), ("12 345", "12345"), ("nan", None)]
)
def test_numbers_as_a_plain_script_reads_them(text: str, number: str | None) -> None:
    assert number_in(text) == (None if number is None else Decimal(number))
