"""Facts against tags: unit and label count, and so do facts on which no tag lies."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from tests.evaluation.test_filing_questions import filing

from finfoundry.core.document import Fact
from finfoundry.evals.rows import Item, Reply
from finfoundry.evals.suites.ixbrl_facts import FOLDER, from_html, items, score, tags_of
from finfoundry.evals.suites.ixbrl_judging import fault, judge, untagged
from finfoundry.evals.trials import tagged_facts


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
