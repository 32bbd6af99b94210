"""Facts against tags: unit and label count, and so do facts on which no tag lies."""

from __future__ import annotations

import gzip
import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.evals.made_answers import tagged_facts
from tests.evaluation.test_filing_questions import filing

from finfoundry.core.document import Fact, Profile
from finfoundry.evals.rows import Item, Reply
from finfoundry.evals.suites import load_suite
from finfoundry.evals.suites.ixbrl_facts import BLIND, FOLDER, READ, WIDE, from_html, items, part_of, printed_figures, score, tags_of
from finfoundry.evals.suites.ixbrl_judging import fault, judge, off_by_a_period, untagged
from finfoundry.knowledge.facts.tags.ixbrl import stated_year
from finfoundry.knowledge.formats.html import read_tree
from finfoundry.usecases.evaluation.evaluate import Evaluation  # noqa: F401  its import registers the suites that stand on more than core


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "nwt-10-K.html.gz").write_bytes(gzip.compress(filing()))
    return tmp_path


def test_b1_the_judge_of_facts_compares_unit_and_label(data: Path) -> None:
    figures, labels = tags_of(items(data)[0])
    figure = figures[0]
    assert labels[figure.id] == "Revenues"
    right = Fact(("Results", "Revenues"), figure.printed, "USD", figure.period.iso, figure.text, 1)
    assert fault(figure, right, "Revenues") is None
    assert fault(figure, replace(right, unit="EUR"), "Revenues") == "unit"
    assert fault(figure, replace(right, unit=None), "Revenues") == "unit"
    assert fault(figure, replace(right, metric=("Cost of revenue",)), "Revenues") == "label"
    assert fault(figure, None) == "missing"


def test_b1_facts_on_no_tag_cost_precision() -> None:
    boxes = [(10.0, 10.0 + 20 * line, 50.0, 20.0 + 20 * line) for line in range(4)]
    facts = [Fact(("x",), line, "USD", "2024", str(line), 1, table=0, box=box) for line, box in enumerate(boxes)]  # type: ignore[arg-type]
    places = {f"t{line}": [(1, box)] for line, box in enumerate(boxes[:3])}
    assert untagged(places, facts) == 1
    assert untagged(places, [*facts[:3], replace(facts[3], text="—")]) == 0  # a dash says nothing
    assert untagged({"t0": places["t0"]}, facts) == 0  # a table of which little is tagged
    counts = score(Item("1", "?"), Reply("", found=judge([], None, loose=1))).counts
    assert counts["with_loose"] == 1


def test_b1_the_judge_of_facts_takes_true_ones_and_refuses_false_ones(data: Path) -> None:
    rates = tagged_facts.measure(items(data))
    assert rates.false > 80
    assert rates.taken == []
    assert rates.refused == []
    assert {"unit", "other item", "period", "scale", "sign", "value", "x100", "extra figure"} <= rates.kinds.keys()
    assert from_html(items(data)[0]).found.figures == len(tags_of(items(data)[0])[0])


def test_26_4_a_cover_states_its_period_and_the_number_of_its_year() -> None:
    stated = stated_year(read_tree(filing(), "nwt"))
    assert stated is not None
    assert (stated.period.iso, stated.number) == ("2024-01-01/2024-12-31", 2024)
    assert stated_year(read_tree(filing().replace(b"DocumentFiscalYearFocus", b"Other"), "nwt")) is None


def test_26_4_a_filing_read_with_another_year_is_off_by_a_period() -> None:
    stated = stated_year(read_tree(filing(), "nwt"))
    right = Profile(period="2024-01-01/2024-12-31", fiscal_year=2024)
    none = judge([])
    assert not off_by_a_period(none, right, stated)
    assert off_by_a_period(none, replace(right, fiscal_year=2023), stated)
    assert off_by_a_period(none, replace(right, period="2023-01-01/2023-12-31"), stated)
    assert off_by_a_period(none, Profile(), stated)
    assert not off_by_a_period(none, Profile(), None)


def test_26_4_a_tenth_of_the_figures_with_another_period_makes_a_filing_off(data: Path) -> None:
    figures, labels = tags_of(items(data)[0])
    facts = [Fact((labels[one.id],), one.printed, one.unit, one.period.iso, one.text, 1) for one in figures]
    late = [replace(fact, period="2022") for fact in facts[:2]]
    assert not off_by_a_period(judge([(one, [fact]) for one, fact in zip(figures, facts, strict=True)], labels), Profile(), None)
    assert off_by_a_period(judge([(one, [fact]) for one, fact in zip(figures, [*late, *facts[2:]], strict=True)], labels), Profile(), None)


def test_26_4_a_third_of_the_companies_is_blind_and_no_fault_of_theirs_is_named(tmp_path: Path) -> None:
    (tmp_path / WIDE).mkdir(parents=True)
    names = [f"{ticker}-10-k-1" for ticker in ("aaa", "bbb", "ccc", "ddd", "eee", "fff", "ggg", "hhh")]
    for name in names:
        (tmp_path / WIDE / f"{name}.html.gz").write_bytes(gzip.compress(filing()))
    parts = {part: {item.id for item in load_suite(name).items(tmp_path)} for part, name in (("read", READ.name), ("blind", BLIND.name))}
    assert parts["read"] | parts["blind"] == set(names)
    assert parts["read"]
    assert parts["blind"]
    assert not parts["read"] & parts["blind"]
    assert {part_of(name) for name in parts["blind"]} == {part_of(name.replace("10-k", "10-q")) for name in parts["blind"]} == {"blind"}
    figures, labels = tags_of(items(tmp_path, WIDE)[0])
    wrong = Reply("", found=judge([(one, []) for one in figures], labels))
    assert READ.score(Item("1", "?"), wrong).why
    assert BLIND.score(Item("1", "?"), wrong).why == ""
    assert BLIND.score(Item("1", "?"), wrong).counts == READ.score(Item("1", "?"), wrong).counts


@pytest.mark.parametrize(("text", "printed"), [("—", False), ("–", False), ("0", True), ("800", True), ("no", True)])
def test_of_a_dash_paper_says_nothing_that_could_be_recalled(text: str, printed: bool) -> None:
    number = itertools.count()
    page = re.sub("<ix:nonFraction ", lambda _: f'<ix:nonFraction id="t{next(number)}" ', filing().decode()).replace(">800<", f">{text}<")
    places = {f"t{place}": [(1, (0.0, 0.0, 1.0, 1.0))] for place in range(3)}
    assert [tag.id for tag in printed_figures(read_tree(page.encode(), "f.htm"), places)] == ["t0", *(["t1"] if printed else []), "t2"]
