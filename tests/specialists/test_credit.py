"""The life cycle of a scorecard: exact reasons, refusals, sealing, replay, back-tests, card."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from finfoundry.core.errors import InputError, IntegrityError, NotFound
from finfoundry.specialists.families.credit.credit import CLASSIFIER
from finfoundry.specialists.inputs.schema import Column, Schema, infer, read
from finfoundry.specialists.inputs.table import read_source, read_table
from finfoundry.specialists.inputs.target import event_of
from finfoundry.specialists.lifecycle.screen import screen
from finfoundry.specialists.lifecycle.train import prepare
from finfoundry.specialists.lifecycle.validate import monitor, validate
from finfoundry.specialists.models import specialist
from finfoundry.specialists.models.binning import Wishes, bin_columns, woe_apart, woe_of
from finfoundry.specialists.models.grades import back_test, grade, hosmer_lemeshow
from finfoundry.specialists.models.metrics import auc
from finfoundry.specialists.models.scorecard import Scorecard, fit_scorecard
from finfoundry.specialists.models.specialist import MODEL, TrainingRequest
from finfoundry.specialists.reports.card import write_card, write_monitoring
from finfoundry.specialists.reports.checklist import CHECKLIST, GAP, answers
from finfoundry.specialists.scoring.replay import again, kept, told
from finfoundry.specialists.scoring.score import inputs, score_inputs, score_table

from .conftest import Credit


def test_both_models_learn(credit: Credit) -> None:
    for name in ("scorecard", "challenger"):
        assert credit.specialist.figures[name]["auc"].value > 0.65


def test_reasons_sum_to_the_score_exactly(credit: Credit) -> None:
    scored = score_table(CLASSIFIER, credit.specialist, "loans", credit.table, reasons=True)
    for row in scored.rows:
        assert row.score is not None
        assert row.base is not None
        assert row.rest is not None
        assert row.base + sum(reason.contribution for reason in row.reasons) + row.rest == row.score
        assert len(row.reasons) <= 5
        lost = [reason.contribution for reason in row.reasons]
        assert lost == sorted(lost)


def test_tree_contributions_sum_to_the_margin(credit: Credit) -> None:
    values = read(credit.specialist.schema, credit.table).values
    form = credit.specialist.models["challenger"].form
    base, parts = form.contributions(values)
    np.testing.assert_allclose(base + parts.sum(axis=1), form.margin(values), atol=1e-9)


def test_asked_monotone_is_monotone(credit: Credit) -> None:
    form = credit.specialist.model.form
    assert isinstance(form, Scorecard)
    points = form.points[form.columns.index("debt_ratio")][:-1]
    assert list(points) == sorted(points, reverse=True)  # more debt, more risk, fewer points


def test_loads_as_it_was_saved(credit: Credit) -> None:
    loaded = specialist.load(credit.folder)
    first, second = (score_table(CLASSIFIER, one, "loans", credit.table, reasons=True).rows for one in (credit.specialist, loaded))
    assert first == second
    assert loaded.version == credit.specialist.version


def test_an_altered_file_is_refused(credit: Credit, tmp_path: Path) -> None:
    for name in ("manifest.json", MODEL):
        (tmp_path / name).write_bytes((credit.folder / name).read_bytes())
    text = (tmp_path / MODEL).read_text()
    (tmp_path / MODEL).write_text(text.replace('"offset": ', '"offset": 1', 1))
    with pytest.raises(IntegrityError, match="altered"):
        specialist.load(tmp_path)
    with pytest.raises(NotFound):
        specialist.load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("income", "much", "'much' is not a number"),
        ("income", float("inf"), "infinite"),
        ("income", 1e12, "far outside"),
        ("income", -5.0, "far outside"),
        ("income", None, "never was in training"),
        ("job", "astronaut", "never saw"),
        ("id", "L000001", "stands already in row 2"),
    ],
)
def test_a_bad_row_is_refused_and_the_others_scored(credit: Credit, column: str, value: Any, told: str) -> None:
    table = credit.table.head(5).astype({column: object})
    table.loc[3, column] = value
    rows = score_table(CLASSIFIER, credit.specialist, "loans", table, reasons=False).rows
    assert told in str(rows[3].refused)
    assert column in str(rows[3].refused)
    assert [row.score is not None for row in rows] == [True, True, True, False, True]


def test_a_missing_column_is_named(credit: Credit) -> None:
    with pytest.raises(InputError, match="income"):
        score_table(CLASSIFIER, credit.specialist, "loans", credit.table.drop(columns="income"), reasons=False)


def test_replay_gives_the_same_digits_and_sees_a_change(credit: Credit) -> None:
    ready = inputs(CLASSIFIER, credit.specialist, credit.table)
    rows = json.loads(json.dumps(kept(credit.specialist, ready, score_inputs(credit.specialist, "loans", ready, reasons=True))))
    assert again(credit.specialist, rows) == []
    rows[5]["output"]["score"] += 1
    assert again(credit.specialist, rows) == [rows[5]["id"]]


@pytest.mark.parametrize("field", ["score", "probability", "grade", "base", "rest", "reasons"])
def test_every_field_of_the_output_is_replayed(credit: Credit, field: str) -> None:
    ready = inputs(CLASSIFIER, credit.specialist, credit.table.head(40))
    rows = json.loads(json.dumps(kept(credit.specialist, ready, score_inputs(credit.specialist, "loans", ready, reasons=True))))
    assert again(credit.specialist, rows) == []
    output = rows[7]["output"]
    if field == "reasons":
        output["reasons"][0]["value"] += "1"
    else:
        output[field] += 1
    assert again(credit.specialist, rows) == [rows[7]["id"]]


def test_replay_says_what_it_left_out(credit: Credit) -> None:
    ready = inputs(CLASSIFIER, credit.specialist, credit.table.head(4).assign(income=[1.0, "much", 2000.0, 3000.0]))
    rows = kept(credit.specialist, ready, score_inputs(credit.specialist, "loans", ready, reasons=False))
    covered, left_out = told(credit.specialist, rows)
    assert covered == ["grade", "probability", "score"]
    assert any("refused rows" in one for one in left_out)
    assert "reasons: none were asked for" in left_out


def test_validation_and_monitoring(credit: Credit, tmp_path: Path) -> None:
    found = validate(CLASSIFIER, credit.specialist, "loans", read_source(credit.data))
    assert set(found.models) == {"scorecard", "challenger"}
    assert sum(one.rows for one in found.grades) == found.used
    assert {one.group for one in found.fairness} == {"north", "south"}
    shifted = credit.table.assign(debt_ratio=credit.table["debt_ratio"].clip(lower=0.45))
    shifted.to_csv(tmp_path / "later.csv", index=False)
    watched = monitor(CLASSIFIER, credit.specialist, "loans", read_source(tmp_path / "later.csv"))
    assert next(one for one in watched.stability if one.name == "debt_ratio").reading == "moved"
    assert "debt_ratio has moved" in " ".join(watched.alerts)
    assert "<svg" in Path(write_monitoring(tmp_path, watched).html).read_text()


def test_grades_and_their_back_tests() -> None:
    y = np.array([0] * 97 + [1] * 3)
    p = np.full(100, 0.03)
    (only,) = back_test(y, p)
    assert only.grade == 5 == grade(np.array([0.03]))[0]
    assert only.binomial_p == pytest.approx(stats.binomtest(3, 100, 0.03).pvalue)
    assert only.low < 0.03 < only.high
    assert hosmer_lemeshow(y, p)[1] > 0.0


def sections_of(markdown: str) -> dict[str, str]:
    """Title → text of each section of a card."""
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in markdown.split("\n## ")[1:]}


def test_the_card_fills_the_validators_checklist(credit: Credit, tmp_path: Path) -> None:
    """Each item is answered from the specialist itself, and at length in the section that it names."""
    sections = sections_of(Path(write_card(tmp_path, credit.specialist, CLASSIFIER).markdown).read_text())
    found = answers(credit.specialist, CLASSIFIER)
    assert len(found) == len(CHECKLIST)
    assert [asks for asks, answer, *_ in found if answer == GAP] == []
    assert [section for *_, section, _ in found if len(sections.get(section, "")) < 40] == []
    assert all(answer.replace("|", "\\|") in sections["Validator's checklist"] for _, answer, *_ in found)


def test_the_sections_hold_what_the_checklist_asks(credit: Credit, tmp_path: Path) -> None:
    sections = sections_of(Path(write_card(tmp_path, credit.specialist, CLASSIFIER).markdown).read_text())
    made, lineage = credit.specialist, credit.specialist.lineage
    assert made.proof is not None
    wanted = {
        "Purpose and use": ["supports a decision that a person makes", "个人信息保护法第二十四条"],
        "Data": [
            lineage.data_sha256,
            f"{lineage.used} used, {lineage.events} with the event",
            "| debt_ratio | number |",
            "no reject inference was made",
        ],
        "Inputs left out": ["why"],
        "Method": ["Siddiqi 2006", "lightgbm", "Seed 0", "inverse penalty", "num_leaves", "rising debt_ratio"],
        "Outcomes analysis": [
            f"{made.figures['scorecard']['auc'].value:.4f}",
            f"{made.figures['challenger']['ece'].value:.4f}",
            "challenger",
        ],
        "Grades": [f"| {made.proof.grades[0].grade} | {made.proof.grades[0].rows} |", "Hosmer-Lemeshow"],
        "Segments": [part.name.replace("|", "\\|") for part in made.proof.by_segment],
        "Stability": ["fold 1", "fold 5"],
        "Points": ["weight of evidence", "debt_ratio"],
        "Explanation": ["worse than the portfolio", str(made.model.form.offset)],  # type: ignore[union-attr]
        "Fairness": ["'region'", "north", "south", "legal question"],
        "Limits": ["refused, not scored"],
        "Monitoring plan": ["0.1", "0.25"],
        "Records": ["Merkle", "replayed"],
        "Sign-off": ["| trained by | ana |", "sealed records"],
    }
    assert {title: words for title, words in wanted.items() if any(word not in sections[title] for word in words)} == {}
    assert sum(part.rows for part in made.proof.by_fold) == sum(grade.rows for grade in made.proof.grades) == lineage.used


def test_an_input_that_the_law_may_protect_is_pointed_out(credit: Credit, tmp_path: Path) -> None:
    columns = (*credit.specialist.schema.columns, Column("age_in_years", "number"), Column("usage", "number"))
    text = Path(write_card(tmp_path, replace(credit.specialist, schema=Schema(columns)), CLASSIFIER).markdown).read_text()
    assert "suggest a protected attribute: age_in_years." in text


def test_leaks_and_row_numbers_are_left_out(credit: Credit) -> None:
    table = credit.table.assign(written_after=credit.table["default"] * 10 + 1, number=range(len(credit.table)))
    schema = infer(table, {"default", "id"})
    assert "numbers the rows" in schema.left_out["number"]
    checked = read(schema, table)
    screened = screen(schema, checked.values, table["default"].to_numpy())
    assert "separates the target" in screened.left_out["written_after"]
    assert "income" in screened.names


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"default": 1}, "only one class"),
        ({"default": range(700)}, "different values"),
    ],
)
def test_a_target_that_is_none(credit: Credit, change: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        prepare(CLASSIFIER, TrainingRequest("credit", "", "default"), credit.table.assign(**change))


@pytest.mark.parametrize(
    ("name", "values", "event"),
    [
        ("t", ["good", "bad"], "bad"),
        ("loan_status", ["Fully Paid", "Charged Off"], "Charged Off"),
        ("loan_status", ["Current", "Default"], "Default"),
        ("outcome", ["non-default", "default"], "default"),
        ("result", ["approved", "denied"], "denied"),
        ("是否违约", ["否", "是"], "是"),
        ("贷款状态", ["正常", "逾期"], "逾期"),
        ("状态", ["未违约", "违约"], "违约"),
        ("is_fraud", ["0", "1"], "1"),
        ("isFraud", ["0", "1"], "1"),
        ("SeriousDlqin2yrs", ["0", "1"], "1"),
        ("default.payment.next.month", ["0", "1"], "1"),
        ("repaid", ["0", "1"], "0"),
        ("not.fully.paid", ["0", "1"], "1"),
        ("fully_paid", ["no", "yes"], "no"),
        ("loan_approved", ["N", "Y"], "N"),
        ("是否还款", ["否", "是"], "否"),
        ("是否结清", ["0", "1"], "0"),
        ("欺诈标志", ["0", "1"], "1"),
        ("denied", ["False", "True"], "True"),
        ("churned", ["-1", "1"], "1"),
    ],
)
def test_the_event_is_found_by_words(name: str, values: list[str], event: str) -> None:
    assert event_of(pd.Series([values[0], *values, values[0]]), name) == event
    assert event_of(pd.Series([values[1], *values, values[1]]), name) == event, "rarity decides nothing"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("class", ["1", "2"]), ("Loan_Status", ["N", "Y"]), ("class", ["0", "1"]), ("target", ["0", "1"]), ("y", ["no", "yes"]),
        ("标签", ["0", "1"]), ("label", ["a", "b"]), ("risk_default_or_paid", ["0", "1"]), ("目标", ["甲", "乙"]),
    ],
)  # fmt: skip
def test_where_words_do_not_say_the_event_is_asked_for(name: str, values: list[str]) -> None:
    cells = pd.Series([*values, values[0]])
    with pytest.raises(InputError, match="Nothing says which value"):
        event_of(cells, name)
    assert [event_of(cells, name, value) for value in values] == values
    with pytest.raises(InputError, match="is no value of"):
        event_of(cells, name, "something else")


def test_a_good_outcome_taken_for_the_event_is_seen_by_arrears(credit: Credit) -> None:
    """More days past due, fewer "events": refused, unless the user says that this is the event; then it is a warning."""
    chance = np.random.default_rng(1)
    turned = credit.table.assign(default=1 - credit.table["default"])
    turned["days_past_due"] = chance.poisson(np.where(turned["default"] == 1, 2, 20))
    with pytest.raises(InputError, match="days_past_due have clearly fewer events"):
        prepare(CLASSIFIER, TrainingRequest("credit", "", "default"), turned)
    said = prepare(CLASSIFIER, TrainingRequest("credit", "", "default", event="1"), turned)
    assert any("check that it is the event" in warning for warning in said.warnings)
    right = turned.assign(default=1 - turned["default"])
    assert not any("the event" in warning for warning in prepare(CLASSIFIER, TrainingRequest("credit", "", "default"), right).warnings)


def test_gbk_and_damaged_files(tmp_path: Path) -> None:
    (tmp_path / "zh.csv").write_bytes("收入,违约\n100,是\n200,否\n".encode("gbk"))
    assert list(read_table(tmp_path / "zh.csv").columns) == ["收入", "违约"]
    (tmp_path / "empty.csv").write_text("a,b\n")
    with pytest.raises(InputError, match="no rows"):
        read_table(tmp_path / "empty.csv")
    (tmp_path / "bad.parquet").write_text("no")
    with pytest.raises(InputError, match="cannot be read"):
        read_table(tmp_path / "bad.parquet")


def test_what_a_fit_sees_of_a_row_comes_from_other_rows() -> None:
    """A column of noise with many categories looks telling to itself, and to nobody who asks other rows."""
    random = np.random.default_rng(4)
    y, noise = np.repeat([0, 1], 300), random.integers(0, 120, 600)
    values: dict[str, Any] = {"noise": noise.astype(np.int32), "signal": random.normal(y, 1.0)}
    names = tuple(f"place {number}" for number in range(120))
    schema = Schema((Column("noise", "category", categories=names), Column("signal", "number", -4.0, 5.0)))
    bins = bin_columns(schema, values, y, Wishes())
    own, apart = woe_of(bins, values), woe_apart(bins, schema, values, y, Wishes(), seed=0)
    assert np.corrcoef(own[:, 0], y)[0, 1] > 0.3
    assert abs(np.corrcoef(apart[:, 0], y)[0, 1]) < 0.12
    assert np.corrcoef(apart[:, 1], y)[0, 1] > 0.3
    fair, fooled = fit_scorecard(bins, apart, y), fit_scorecard(bins, own, y)
    fresh = {"noise": random.permutation(values["noise"]), "signal": values["signal"]}
    assert auc(y, fair.margin(fresh)) > auc(y, fooled.margin(fresh)) + 0.02


def test_a_category_that_a_fit_never_saw_stands_for_the_usual() -> None:
    y = np.repeat([0, 1, 0, 1], [90, 10, 40, 60])
    codes = np.repeat([0, 1], 100).astype(np.int32)
    y[180:] = np.tile([0, 1], 10)
    codes[180:] = 2
    bins = bin_columns(Schema((Column("place", "category", categories=("low", "high", "usual", "new")),)), {"place": codes}, y, Wishes())[0]
    rates = np.array(bins.events) / np.maximum(np.array(bins.rows), 1)
    assert bins.groups[3] == int(np.abs(rates[:-1] - y.mean()).argmin())
