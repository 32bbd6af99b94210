"""A scorecard as SQL: the same points, probability and grade as the model, on every cut."""

from __future__ import annotations

import json

import pytest

from finfoundry.core.errors import InputError
from finfoundry.runtime.database import Database
from finfoundry.specialists.families.credit.credit import CLASSIFIER
from finfoundry.specialists.models.specialist import Specialist
from finfoundry.specialists.models.sql_export import scorecard_sql
from finfoundry.specialists.scoring.score import score_table
from measures.specialists.sql import compared, on_cuts

from .conftest import Credit


def test_the_sql_of_a_scorecard_is_the_scorecard_on_every_cut(credit: Credit) -> None:
    score, probability, grades = compared(credit.specialist, on_cuts(credit.specialist, credit.table))
    assert (score, grades) == (0.0, 0)
    assert probability < 1e-9


def test_the_sql_runs_in_postgresql_and_gives_the_same(database: Database, credit: Credit) -> None:
    rows = score_table(CLASSIFIER, credit.specialist, "loans", credit.table.head(50), reasons=False).rows
    table = json.loads(credit.table.head(50).to_json(orient="records"))
    with database.owner() as connection:
        connection.execute(
            "CREATE TEMP TABLE applicants AS SELECT * FROM json_to_recordset(%s) AS t"
            " (id text, income float8, debt_ratio float8, months_known float8, job text, purpose text)",
            (json.dumps(table),),
        )
        found = connection.execute(scorecard_sql(credit.specialist, "applicants")).fetchall()
    told = {id_: (score, float(probability), grade) for id_, score, probability, grade in found}
    assert {row.id: (row.score, row.grade) for row in rows} == {id_: (score, grade) for id_, (score, _, grade) in told.items()}
    assert all(abs(told[row.id][1] - (row.probability or 0)) < 1e-9 for row in rows)


def test_trees_are_not_exported(credit: Credit) -> None:
    trees = Specialist(**{**vars(credit.specialist), "champion": "challenger"})
    with pytest.raises(InputError, match="no scorecard"):
        scorecard_sql(trees, "t")
