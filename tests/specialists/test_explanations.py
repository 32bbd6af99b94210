"""Explanations in words: every sentence against the stored bins and scale, by the independent check of the benchmark."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from finfoundry.core.answer import Language
from finfoundry.core.protocols import RecordedScore
from finfoundry.core.score_meaning import ScoreMeaning
from finfoundry.specialists.families.credit.credit import CLASSIFIER
from finfoundry.specialists.models import specialist
from finfoundry.specialists.models.meaning import meaning_of
from finfoundry.specialists.scoring.replay import output_of
from finfoundry.specialists.scoring.score import score_table
from finfoundry.usecases.narratives.narrate import AUDIENCES, narrate
from finfoundry.usecases.narratives.score_check import falsehood
from finfoundry.usecases.narratives.score_statements import about_reasons, about_scale
from measures.specialists.sentences import Oracle, explained

from .conftest import Credit


def scored(credit: Credit, row: int) -> tuple[RecordedScore, ScoreMeaning]:
    found = score_table(CLASSIFIER, credit.specialist, "loans", credit.table.iloc[row : row + 1], reasons=True).rows[0]
    output: dict[str, Any] = json.loads(json.dumps(output_of(found)))
    return RecordedScore("loans", "credit", credit.specialist.version, "r", found.id, "", output), meaning_of(
        credit.specialist, "candidate"
    )


def test_no_sentence_is_false_by_an_independent_check(credit: Credit) -> None:
    counts, false = explained(CLASSIFIER, credit.folder, credit.table.head(60))
    assert false == []
    assert (counts["texts"], counts["withheld"]) == (360, 0), counts
    assert counts["sentences"] > 3000


def test_the_independent_check_sees_what_is_false(credit: Credit) -> None:
    """It is no check if it takes everything: a direction, a grade's limits, a rate and a place are changed one by one."""
    oracle = Oracle(credit.folder)
    score, meaning = scored(credit, 3)
    text = narrate(score, "en", "officer", meaning).answer.text
    output = dict(score.output)
    assert oracle.false(text, "en", output, "candidate") == []
    assert oracle.false(text.replace("means a lower risk", "means a higher risk"), "en", output, "candidate")
    for turned in (("above the average", "below the average"), ("below the average", "above the average")):
        if turned[0] in text:
            assert oracle.false(text.replace(*turned), "en", output, "candidate")
    assert oracle.false(text.replace(f"Grade {output['grade']} of", f"Grade {output['grade'] % 10 + 1} of"), "en", output, "candidate")
    assert oracle.false(text + " You are likely to pay back.", "en", output, "candidate")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_statement_is_verified_before_it_is_told(credit: Credit, language: Language) -> None:
    """The model's own check, too, refuses a sentence whose bins, scale or words are others, and one that it cannot read."""
    score, meaning = scored(credit, 5)
    statements = [*about_scale(score, meaning, language, "validator"), *about_reasons(score, meaning, language, "officer")]
    assert [falsehood(one.text, score, meaning, language) for one in statements] == [None] * len(statements)
    assert falsehood("a good credit category, likely to pay back", score, meaning, language)
    turned = replace(meaning, higher_is_safer=False, rate=1 - meaning.rate, grades=meaning.grades[1:], state="promoted")
    assert all(falsehood(one.text, score, turned, language) for one in statements if one.kind in ("scale", "grade", "standing"))
    other = {name: replace(one, events=tuple(reversed(one.rows))) for name, one in meaning.bins.items()}
    wrong = [falsehood(one.text, score, replace(meaning, bins=other), language) for one in statements if one.kind == "range"]
    assert wrong
    assert all(wrong)


def test_who_is_told_what(credit: Credit) -> None:
    score, meaning = scored(credit, 7)
    texts = {audience: narrate(score, "en", audience, meaning).answer.text for audience in AUDIENCES}
    assert "probability of default" not in texts["customer"], "a customer is told the score, its scale and the reasons"
    assert "Effect of" not in texts["customer"]
    assert "%" not in texts["customer"]
    assert texts["customer"].count("At training the event was") <= 4
    assert all("covers a probability" in texts[one] and "Effect of" in texts[one] for one in ("officer", "validator", "investigator"))
    assert score.version[:16] in texts["validator"]
    assert all(score.version[:16] not in texts[one] for one in ("customer", "officer"))


def test_a_bad_grade_is_never_called_good(credit: Credit) -> None:
    """Grade and bin of the worst and the best row: the words follow the scale."""
    rows = score_table(CLASSIFIER, credit.specialist, "loans", credit.table, reasons=True).rows
    worst = max(range(len(rows)), key=lambda number: rows[number].probability or 0)
    best = min(range(len(rows)), key=lambda number: rows[number].probability or 1)
    texts = {row: narrate(scored(credit, row)[0], "zh", "officer", scored(credit, row)[1]).answer.text for row in (worst, best)}
    assert "本样本的概率高于该比例" in texts[worst]
    assert "本样本的概率低于该比例" in texts[best]
    assert "分数越高，事件“default = 1”的风险越低" in texts[worst]


def test_reasons_at_a_cut_stand_in_the_bin_that_starts_there(credit: Credit) -> None:
    """Values on, just below and just above every cut of the debt ratio."""
    made = specialist.load(credit.folder)
    bins = next(one for one in made.bins if one.column == "debt_ratio")
    rows: list[dict[Any, Any]] = []
    for split in bins.splits:
        for moved in (0.0, -1e-9, 1e-9, -1e-4, 1e-4):
            rows.append(credit.table.iloc[0].to_dict() | {"debt_ratio": split + moved, "id": f"X{len(rows)}"})
    table = type(credit.table)(rows)
    counts, false = explained(CLASSIFIER, credit.folder, table)
    assert false == []
    assert counts["withheld"] <= counts["texts"] // 10, "only where ten printed digits put a value on the other side"
