"""Scorecard and trees as ONNX: the same score, probability and grade as the model, on every cut and on every split of every tree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from finfoundry.core.errors import InputError, IntegrityError
from finfoundry.specialists.families.credit import credit as family
from finfoundry.specialists.inputs.made_data import loans
from finfoundry.specialists.lifecycle.train import train
from finfoundry.specialists.models.onnx_export import to_onnx, write_onnx
from finfoundry.specialists.models.specialist import Specialist, TrainingRequest
from finfoundry.specialists.models.tree_nodes import Ensemble, ensemble_of
from finfoundry.specialists.models.trees import Trees
from measures.specialists.sql import on_cuts, onnx_compared, onnx_run

from .conftest import Credit

MODELS = ("scorecard", "challenger")


@pytest.fixture(scope="module")
def special(tmp_path_factory: pytest.TempPathFactory) -> tuple[Specialist, pd.DataFrame]:
    """With a code that is no quantity, missing cells in a column of categories, and a column that is missing often."""
    folder = tmp_path_factory.mktemp("onnx")
    table = loans(900, seed=4)
    table.loc[::9, "debt_ratio"], table.loc[::7, "job"], table.loc[::3, "income"] = -999, None, np.nan
    table.to_csv(folder / "loans.csv", index=False)
    request = TrainingRequest("credit", str(folder / "loans.csv"), "default", id="id", special=(-999.0,), rising=("debt_ratio",), budget=2)
    return train(family.CLASSIFIER, request, folder / "loans"), table


@pytest.mark.parametrize("model", MODELS)
def test_onnx_is_the_model_on_every_cut(credit: Credit, model: str) -> None:
    score, probability, grades = onnx_compared(credit.specialist, model, on_cuts(credit.specialist, credit.table))
    assert (score, grades) == (0.0, 0)
    assert probability < 1e-9


@pytest.mark.parametrize("model", MODELS)
def test_onnx_reads_special_codes_and_missing_cells_as_the_model(special: tuple[Specialist, pd.DataFrame], model: str) -> None:
    made, table = special
    score, probability, grades = onnx_compared(made, model, on_cuts(made, table))
    assert (score, grades) == (0.0, 0)
    assert probability < 1e-9


@pytest.mark.parametrize("model", MODELS)
def test_onnx_gives_no_score_to_a_category_that_is_not_known(credit: Credit, model: str) -> None:
    table = credit.table.head(3).assign(job=["salaried", "pirate", "salaried"])
    score, probability, grades = onnx_run(credit.specialist, model, table)
    assert np.isnan(score).tolist() == np.isnan(probability).tolist() == [False, True, False]
    assert grades[1] == 0


def test_onnx_says_what_it_wrote_and_what_it_cannot(credit: Credit, tmp_path: Path) -> None:
    told = write_onnx(credit.specialist, tmp_path / "loans.onnx")
    assert (told.model, told.inputs["job"], told.inputs["income"]) == ("scorecard", "text", "double")
    with pytest.raises(InputError, match="no model 'forest'"):
        to_onnx(credit.specialist, "forest")
    with pytest.raises(InputError, match="cannot be written"):
        write_onnx(credit.specialist, tmp_path / "nowhere" / "loans.onnx")
    columns = tuple(replace(column, made=True) for column in credit.specialist.schema)
    with pytest.raises(InputError, match="made of earlier events"):
        to_onnx(replace(credit.specialist, schema=replace(credit.specialist.schema, columns=columns)))


def test_onnx_reads_every_tree_and_refuses_another_kind_of_decision(credit: Credit) -> None:
    form = credit.specialist.models["challenger"].form
    assert isinstance(form, Trees)
    found = ensemble_of(form.texts)
    assert len(found.leaves) == len(found.feature) + len(found.roots)
    assert len(found.roots) + (found.constant != 0) >= len(form.texts) * form.found[1] * 0.9
    one = Ensemble()
    one.add({"leaf_value": "0.25"})
    assert (one.constant, one.roots) == (0.25, [])
    with pytest.raises(IntegrityError, match="another kind"):
        one.add(
            {"leaf_value": "1 2", "threshold": "0.5", "decision_type": "1", "split_feature": "0", "left_child": "-1", "right_child": "-2"}
        )
