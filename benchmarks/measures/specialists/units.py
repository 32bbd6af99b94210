"""Sixty wrong units, types, dates and formats planted into files: refused row by row, asked, or read right.

python benchmarks/specialists.py units

Each case turns a clean file of 60 loans or payments into one that somebody might send. ``read right``: every row has the score that it has
in the clean file; ``refused``: every row touched is, with its column named; ``asked``: reading stops and names the column.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.specialists.families.credit import credit
from finfoundry.specialists.families.fraud import fraud
from finfoundry.specialists.inputs.made_data import loans, payments
from finfoundry.specialists.inputs.table import read_table
from finfoundry.specialists.lifecycle.train import train
from finfoundry.specialists.models.specialist import Specialist, TrainingRequest
from finfoundry.specialists.scoring.score import score_table, text_columns
from measures import described

Change = Callable[[pd.DataFrame], pd.DataFrame]
Write = Callable[[pd.DataFrame, Path], Path]


@dataclass(frozen=True)
class Case:
    """``column`` is the one at fault. ``rows``: how many rows are touched; all where None."""

    name: str
    data: str
    column: str
    change: Change = lambda table: table
    write: Write | None = None
    rows: int | None = None


@dataclass(frozen=True)
class Scene:
    folder: Path
    loans: pd.DataFrame
    credit: Specialist
    paid: pd.DataFrame
    fraud: Specialist


def scene(folder: Path) -> Scene:
    """A specialist of loans and one of payments, and 60 later rows of each."""
    table, paid = loans(700, seed=3).assign(rate=lambda one: (one["debt_ratio"] * 30 + 2).round(2)), payments(2000, seed=1)
    table.to_csv(folder / "loans.csv", index=False)
    paid.head(1700).to_csv(folder / "paid.csv", index=False)
    made = train(
        credit.CLASSIFIER, TrainingRequest("credit", str(folder / "loans.csv"), "default", id="id", group="region", budget=2), folder / "a"
    )
    asked = TrainingRequest(
        "fraud", str(folder / "paid.csv"), "fraud", time="at", id="id", entities=("card", "shop"), amount="amount", budget=2, delay_days=0.5
    )  # fmt: skip
    watch = train(fraud.CLASSIFIER, asked, folder / "b")
    return Scene(folder, table, made, paid.iloc[1700:1760].reset_index(drop=True), watch)


def _csv(table: pd.DataFrame, path: Path, **how: Any) -> Path:
    table.to_csv(path, index=False, **how)
    return path


def _encoded(encoding: str) -> Write:
    return lambda table, path: _csv(table, path, encoding=encoding)


def _replaced(old: bytes, new: bytes) -> Write:
    def write(table: pd.DataFrame, path: Path) -> Path:
        path.write_bytes(_csv(table, path).read_bytes().replace(old, new))
        return path

    return write


def _titled(title: str) -> Write:
    def write(table: pd.DataFrame, path: Path) -> Path:
        path.write_text(title + _csv(table, path).read_text())
        return path

    return write


def _excel(title: int = 0) -> Write:
    def write(table: pd.DataFrame, path: Path) -> Path:
        book = path.with_suffix(".xlsx")
        table.to_excel(book, index=False, startrow=title)
        if title:
            from openpyxl import load_workbook

            opened = load_workbook(book)
            opened.worksheets[0]["A1"] = "Monthly report"
            opened.save(book)
        return book

    return write


def _parquet(table: pd.DataFrame, path: Path) -> Path:
    table.to_parquet(path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def _decimal_comma(table: pd.DataFrame, path: Path) -> Path:
    return _csv(table, path, sep=";", decimal=",")


def _scaled(column: str, by: float) -> Change:
    return lambda table: table.assign(**{column: table[column] * by})


def _one(column: str, value: object, rows: int = 1) -> Change:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table = table.astype({column: object})
        table.loc[: rows - 1, column] = value
        return table

    return change


def _written(column: str, form: Callable[[Any], str]) -> Change:
    return lambda table: table.assign(**{column: [None if cell != cell else form(cell) for cell in table[column]]})


def _shifted(column: str, by: float) -> Change:
    return lambda table: table.assign(**{column: table[column] + by})


def _dates(form: str, days: str = "2024-04-01") -> Change:
    """All dates on days of a month below 13, so that day and month could be exchanged."""
    return lambda table: table.assign(at=[pd.Timestamp(days).strftime(form)] * len(table))


def _euro(value: float) -> str:
    return f"{value:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")


PLANTED = [
    *(Case(f"income x {by:g}", "loans", "income", _scaled("income", by)) for by in (1e-4, 1e-3, 1e-2, 0.1, 10, 100, 1000, 1e4)),
    *(Case(f"debt ratio x {by:g}", "loans", "debt_ratio", _scaled("debt_ratio", by)) for by in (100, 1000, 0.01, 0.001)),
    *(Case(f"rate x {by:g}", "loans", "rate", _scaled("rate", by)) for by in (0.01, 0.001, 100, 12, 1 / 12)),
    *(Case(f"months x {by:g}", "loans", "months_known", _scaled("months_known", by)) for by in (30, 365, 1 / 12, 1 / 30)),
    Case("income negative", "loans", "income", _scaled("income", -1)),
    Case("income abc", "loans", "income", _one("income", "abc"), rows=1),
    Case("income empty", "loans", "income", _one("income", None), rows=1),
    Case("income infinite", "loans", "income", _one("income", "inf"), rows=1),
    Case("income 1e300", "loans", "income", _one("income", "1e300"), rows=1),
    Case("income true", "loans", "income", _one("income", "True"), rows=1),
    Case("income a date", "loans", "income", _one("income", "2021-02-03"), rows=1),
    Case("income of one row / 10,000", "loans", "income", _one("income", "0.35"), rows=1),
    Case("income with thousands", "loans", "income", _written("income", lambda one: f"{one:,.2f}")),
    Case("income with thousands, no decimals", "loans", "income", _written("income", lambda one: f"{one:,.0f}")),
    Case("income European", "loans", "income", _written("income", _euro)),
    Case("income in yuan sign", "loans", "income", _written("income", lambda one: f"¥{one:,.2f}")),
    Case("income in 元", "loans", "income", _written("income", lambda one: f"{one:.2f}元")),
    Case("income in 万", "loans", "income", _written("income", lambda one: f"{one / 10_000:.4f}万")),
    Case("income with apostrophes", "loans", "income", _written("income", lambda one: f"{one:,.2f}".replace(",", "'"))),
    Case("income in percent", "loans", "income", _written("income", lambda one: f"{one}%")),
    Case("debt ratio in percent", "loans", "debt_ratio", _written("debt_ratio", lambda one: f"{one * 100:.1f}%")),
    Case("debt ratio partly in percent", "loans", "debt_ratio", _one("debt_ratio", "35%"), rows=1),
    Case("job in other words", "loans", "job", _one("job", "astronaut"), rows=1),
    Case("columns exchanged", "loans", "income", lambda one: one.assign(income=one["debt_ratio"], debt_ratio=one["income"])),
    Case("rate + 1,000", "loans", "rate", _shifted("rate", 1000)),
    Case("GB 18030", "loans", "", write=_encoded("gb18030")),
    Case("UTF-8 with a mark", "loans", "", write=_encoded("utf-8-sig")),
    Case("UTF-16", "loans", "", write=_encoded("utf-16")),
    Case("old Mac line ends", "loans", "", write=_replaced(b"\n", b"\r")),
    Case("Windows line ends", "loans", "", write=_replaced(b"\n", b"\r\n")),
    Case("title rows", "loans", "", write=_titled("Monthly report\n\nas of 2024-01-31\n")),
    Case("a title with commas", "loans", "", write=_titled("Report, North,,,,,,\n")),
    Case("decimal commas", "loans", "", write=_decimal_comma),
    Case("tabs", "loans", "", write=lambda table, path: _csv(table, path, sep="\t")),
    Case("Excel", "loans", "", write=_excel()),
    Case("Excel with a title", "loans", "", write=_excel(2)),
    Case("Parquet", "loans", "", write=_parquet),
    Case("amount abc", "paid", "amount", _one("amount", "abc"), rows=1),
    Case("amount empty", "paid", "amount", _one("amount", None), rows=1),
    Case("amount negative", "paid", "amount", _one("amount", -5.0), rows=1),
    Case("amount 1,234.50", "paid", "amount", _written("amount", lambda one: f"{one:,.2f}")),
    Case("amount true", "paid", "amount", _one("amount", "yes"), rows=1),
    Case("dates 01.02.2021", "paid", "at", _dates("%d.%m.%Y")),
    Case("dates 02/01/2021", "paid", "at", _dates("%m/%d/%Y")),
    Case("dates 01-02-21", "paid", "at", _dates("%d-%m-%y")),
    Case("dates 2024年04月01日", "paid", "at", lambda one: one.assign(at=pd.to_datetime(one["at"]).dt.strftime("%Y年%m月%d日 %H:%M:%S"))),
    Case("dates nonsense", "paid", "at", _one("at", "soon"), rows=1),
    Case("dates 31 February", "paid", "at", _one("at", "2024-02-31"), rows=1),
    Case("dates in the future", "paid", "at", _one("at", "2199-01-01"), rows=1),
]


def outcome(where: Scene, case: Case) -> str:
    """What became of a case: one of the three words, or what went wrong."""
    made, clean = (where.credit, where.loans.tail(60).reset_index(drop=True)) if case.data == "loans" else (where.fraud, where.paid)
    table = case.change(clean)
    path = (case.write or _csv)(table, where.folder / "planted.csv")
    family, text = (credit if case.data == "loans" else fraud).CLASSIFIER, sorted(text_columns(made))
    try:
        rows = score_table(family, made, "planted", read_table(path, text), reasons=False).rows
    except InputError as error:
        return "asked" if repr(case.column) in str(error) else f"stopped without the column: {error}"
    true = score_table(family, made, "clean", read_table(_csv(clean, where.folder / "clean.csv"), text), reasons=False).rows
    touched = rows if case.rows is None else rows[: case.rows]
    if all(row.refused for row in touched):
        named = all(case.column in str(row.refused) for row in touched)
        return "refused" if named else f"refused for another reason: {touched[0].refused}"
    if [row.score for row in rows] == [row.score for row in true]:
        return "read right"
    wrong = sum(row.refused is None and row.score != other.score for row, other in zip(rows, true, strict=True))
    left = sum(row.refused is None for row in touched)
    return "refused" if not wrong and case.column and left < len(touched) else f"{wrong} rows scored wrong, {left} not refused"


def main() -> None:
    described(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as name:
        where = scene(Path(name))
        found = {case.name: outcome(where, case) for case in PLANTED}
    counts = Counter(told if told in ("refused", "asked", "read right") else "wrong" for told in found.values())
    right = len(found) - counts["wrong"]
    print(f"wrong units, types, dates, formats: {right} of {len(found)} refused, asked or read right (reach: all); {dict(counts)}")
    for name, told in found.items():
        if told not in ("refused", "asked", "read right"):
            print(f"   {name}: {told}")
