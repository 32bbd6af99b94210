"""``finfoundry fit``: candidates in the forms in which they would serve, asked by the engine that would serve them."""

from __future__ import annotations

import errno
import math
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from finfoundry.base.catalogue import chat_model
from finfoundry.core.errors import InputError, SettingsError
from finfoundry.core.progress import Report, silent
from finfoundry.evals.rows import Row, read_rows
from finfoundry.evals.run import ROWS, write_text
from finfoundry.evals.suites import load_suite
from finfoundry.release.candidate import read_manifest, sha256_of
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.evaluation.evaluate import Evaluation
from finfoundry.usecases.light.pareto import Point, draw
from finfoundry.usecases.light.planner import Judged, cheapest, judged, nearest
from finfoundry.usecases.light.prices import Prices, Spent, year

MOST = 9  # candidates
TRIAL = 8  # items by which the time of an answer is measured before anything else
LIGHT_FILE, PLOT = "model.gguf", "pareto.svg"
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Terms:
    """``budget``: "800ms" an answer, "300MiB" of weights, or an amount a year in the currency of the prices; none: the cheapest wins."""

    task: str
    reference: str
    candidates: tuple[str, ...]
    target: float = 0.98
    budget: str = ""
    items: int = 200
    answers_a_day: int = 10_000
    every: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """One model: what it takes, and what it gets right. ``a_year``: its bill, where prices were given."""

    model: str
    bytes: int
    seconds: float  # of an answer, the median
    tokens_a_second: float  # read and written
    a_year: Decimal | None
    judged: Judged


@dataclass(frozen=True, slots=True)
class Fit:
    """``chosen`` suffices and is the cheapest that does; where none does, ``nearest`` comes nearest. ``saved``: a year, against the
    reference. ``proposal``: the command by which a person proposes it.
    """

    task: str
    target: float
    budget: str
    chosen: str | None
    nearest: str | None
    why: str
    saved: Decimal | None
    currency: str
    proposal: str | None
    asked: int  # answers that were needed
    plot: str
    compared: list[Compared] = field(default_factory=list)


@dataclass
class Fitting:
    """Acts with the settings of one home. Rows are kept in ``out``: the same command goes on where it stopped."""

    settings: Settings
    data: Path
    out: Path
    prices: Prices | None = None
    report: Report = silent

    def fit(self, terms: Terms) -> Fit:
        """Raises InputError, ModelError; SettingsError for a full disk, after which the same command goes on."""
        models = checked(terms)
        unit, most = budget_of(terms.budget, self.prices)
        try:
            spent = {model: self._spent(model, self._ask(model, terms, TRIAL)) for model in models}
            costs = {model: self._cost(one, unit, terms) for model, one in spent.items()}
            found = judged(
                costs, terms.reference, lambda model, count: self._ask(model, terms, count), target=terms.target, budget=most,
                items=terms.items, every=terms.every,
            )  # fmt: skip
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise SettingsError(f"the disk of {self.out} is full", remedy="Make room and run the same command: it goes on") from error
        return self._told(terms, found, spent)

    def _ask(self, model: str, terms: Terms, count: int) -> Sequence[Row]:
        """The first rows of a seeded sample: a larger one holds the smaller, and what was asked is not asked again."""
        file = chat_model(self._settings(model))
        folder = self.out / f"{_folder(model)}-{_digest(file, file.stat().st_mtime_ns)[:12]}"  # other weights, other rows
        path = folder / load_suite(terms.task).name / ROWS
        if not path.is_file() or len(read_rows(path)) < count:
            with Evaluation(self._settings(model), self.data, folder, limit=count, report=self.report) as evaluation:
                evaluation.evaluate([terms.task])
        return read_rows(path)[:count]

    def _settings(self, model: str) -> Settings:
        inside = Path(model) / LIGHT_FILE
        return self.settings.model_copy(update={"model": str(inside) if inside.is_file() else model})

    def _spent(self, model: str, rows: Sequence[Row]) -> Spent:
        seconds = statistics.median(row.seconds for row in rows[1:] or rows)  # the first waits for the engine to start
        return Spent(seconds, self.settings.threads, chat_model(self._settings(model)).stat().st_size)

    def _cost(self, spent: Spent, unit: str, terms: Terms) -> float:
        if unit == "ms":
            return spent.seconds * 1000
        if unit == "MiB" or self.prices is None:
            return spent.bytes / MIB
        return float(year(spent, self.prices, terms.answers_a_day))

    def _told(self, terms: Terms, found: Sequence[Judged], spent: dict[str, Spent]) -> Fit:
        chosen, near = cheapest(found), nearest(found)
        compared = [self._compared(one, spent[one.model], terms) for one in found]
        bills = {one.model: one.a_year for one in compared}
        before, after = bills[terms.reference], bills.get(chosen.model) if chosen else None
        write_text(
            self.out / PLOT, draw([Point(one.model, one.judged.cost, one.judged.right, one.judged is chosen) for one in _asked(compared)])
        )
        return Fit(
            terms.task, terms.target, terms.budget, chosen.model if chosen else None, near.model if near and not chosen else None,
            _why(chosen, near, terms), before - after if before is not None and after is not None else None,
            self.prices.currency if self.prices else "", _proposal(chosen), sum(one.n for one in found), str(self.out / PLOT), compared,
        )  # fmt: skip

    def _compared(self, one: Judged, spent: Spent, terms: Terms) -> Compared:
        rows = self._ask(one.model, terms, max(one.n, TRIAL))
        tokens = sum(row.prompt_tokens + row.completion_tokens for row in rows) / max(1e-9, sum(row.seconds for row in rows))
        bill = year(spent, self.prices, terms.answers_a_day) if self.prices else None
        return Compared(one.model, spent.bytes, round(spent.seconds, 4), round(tokens, 1), bill, one)


def checked(terms: Terms) -> list[str]:
    """All models, the reference last. Raises InputError."""
    models = list(dict.fromkeys([*(one for one in terms.candidates if one != terms.reference), terms.reference]))
    if not 2 <= len(models) <= MOST + 1:
        raise InputError(f"{len(models) - 1} candidates besides the reference", remedy=f"Name 1 to {MOST} by --candidate")
    if not 0 < terms.target <= 1:
        raise InputError(f"the target is {terms.target}", remedy="Give the share of the reference's right answers to be kept, such as 0.98")
    if len({_folder(model) for model in models}) < len(models):
        raise InputError("two candidates have one name", remedy="Rename the folder of one")
    return models


def budget_of(text: str, prices: Prices | None) -> tuple[str, float]:
    """The unit and the most: ``("ms", 800.0)``. Raises InputError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|MiB)?", text.strip())
    if text and (match is None or (match[2] is None and prices is None)):
        raise InputError(f"the budget {text!r} is none", remedy="Give 800ms, 300MiB, or with --prices an amount a year")
    unit = (match and match[2]) or ("a year" if prices else "MiB")
    return unit, float(match[1]) if match else math.inf


def _folder(model: str) -> str:
    path = Path(model)
    stem = path.parent.name if path.name == LIGHT_FILE else path.stem if path.suffix == ".gguf" else path.name
    return re.sub(r"[^\w.-]", "-", stem)


@lru_cache(maxsize=2 * MOST)
def _digest(path: Path, _: int) -> str:
    return sha256_of(path)


def _asked(compared: Sequence[Compared]) -> list[Compared]:
    return [one for one in compared if one.judged.n]


def _why(chosen: Judged | None, near: Judged | None, terms: Terms) -> str:
    if chosen:
        return f"keeps at least {terms.target:.0%} of what {terms.reference} gets right (95 %), and none cheaper does"
    if near is None:
        return "no candidate is within the budget"
    return (
        f"none within the budget keeps {terms.target:.0%}; {near.model} comes nearest: {near.difference:+.1%}, at worst {near.lower:+.1%}"
    )


def _proposal(chosen: Judged | None) -> str | None:
    if chosen is None:
        return None
    forms = read_manifest(Path(chosen.model))["forms"] if (Path(chosen.model) / LIGHT_FILE).is_file() else {}
    form = "".join(f" --form {name}" for name, record in forms.items() if record["path"] == LIGHT_FILE)
    return f'finfoundry release propose {chosen.model}{form} --why "suffices: {chosen.lower:+.1%}"'
