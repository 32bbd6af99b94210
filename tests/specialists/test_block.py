"""Rows that are scored by column are, to the byte, the rows that are scored one by one."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from finfoundry.runtime import audit
from finfoundry.specialists.families.credit.credit import CLASSIFIER
from finfoundry.specialists.models.specialist import Specialist
from finfoundry.specialists.scoring.block import score_block
from finfoundry.specialists.scoring.replay import again, kept, output_of
from finfoundry.specialists.scoring.score import REASONS, Inputs, ScoredRow, inputs, score_inputs
from finfoundry.specialists.scoring.writing import quoted, writer

from .conftest import Credit


def hard(table: pd.DataFrame) -> pd.DataFrame:
    """With refused rows, ids that a spreadsheet or JSON must quote, missing cells, a negative zero."""
    table = table.drop(columns="default").head(300).reset_index(drop=True).astype({"job": object, "income": object})
    table.loc[:4, "id"] = ["=1+1", 'a "b", c', "-17", "客户 %s 1042", "two\nlines"]
    table.loc[7, "job"], table.loc[11, "income"], table.loc[9, "id"] = "pirate, retired", "much", ""
    table.loc[13, "months_known"] = -0.0
    return table


def made(credit: Credit, champion: str) -> tuple[Specialist, Inputs]:
    specialist = replace(credit.specialist, champion=champion, threshold=0.3)
    return specialist, inputs(CLASSIFIER, specialist, hard(credit.table))


@pytest.mark.parametrize("champion", ["scorecard", "challenger"])
@pytest.mark.parametrize("reasons", [True, False])
def test_speed_a_block_is_recorded_to_the_byte_as_its_rows(credit: Credit, champion: str, reasons: bool) -> None:
    specialist, ready = made(credit, champion)
    scored = score_inputs(specialist, "loans", ready, reasons=reasons)
    entries, outputs = score_block(specialist, ready, reasons=reasons).entries()
    assert scored.refused == 3
    assert [entry.encode() for entry in entries] == [audit.canonical(audit.plain(row)) for row in kept(specialist, ready, scored)]
    told = [{"refused": row.refused} if row.refused else output_of(row) for row in scored.rows]
    assert outputs == [audit.canonical(one).decode() for one in told]
    assert again(specialist, json.loads(f"[{','.join(entries)}]")) == []


def plain_line(row: ScoredRow) -> list[object]:
    reasons = [cell for one in row.reasons for cell in (one.column, one.value, one.contribution)]
    start = [row.row, row.id, row.score, row.probability, row.grade, row.alert, row.base]
    return [*start, *reasons, *[None] * (3 * REASONS - len(reasons)), row.rest, row.refused]


@pytest.mark.parametrize("champion", ["scorecard", "challenger"])
@pytest.mark.parametrize("reasons", [True, False])
def test_speed_a_block_is_written_as_its_rows(credit: Credit, tmp_path: Path, champion: str, reasons: bool) -> None:
    specialist, ready = made(credit, champion)
    rows = score_inputs(specialist, "loans", ready, reasons=reasons).rows
    block = score_block(specialist, ready, reasons=reasons)
    assert block.rows() == rows
    for name in ("scores.csv", "scores.jsonl"):
        with writer(tmp_path / name) as write:
            assert write
            write(block)
    expected = io.StringIO()
    csv.writer(expected).writerows(plain_line(replace(row, id="'=1+1" if row.id == "=1+1" else row.id)) for row in rows)
    found = (tmp_path / "scores.csv").read_bytes().decode()
    assert found.split("\r\n", 1)[1] == expected.getvalue()
    lines = (tmp_path / "scores.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [asdict(row) for row in rows]


def test_speed_a_block_of_refused_rows_alone(credit: Credit) -> None:
    ready = inputs(CLASSIFIER, credit.specialist, credit.table.head(30).assign(income="much"))
    block = score_block(credit.specialist, ready, reasons=True)
    assert {row.score for row in block.rows()} == {None}
    assert all(line.endswith("'much' is not a number\r\n") for line in (one.replace('"', "") for one in block.lines(quoted)))
    assert np.unique([json.loads(entry)["inputs"] is None for entry in block.entries()[0]]).tolist() == [True]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_in_csv_is_never_a_formula(text: str) -> None:
    assert next(csv.reader(io.StringIO(quoted(text), newline=""))) == ["'" + text]
    assert quoted("-17") == "-17", "a plain number stays one"
