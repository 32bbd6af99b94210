"""Specialists and the toolchain: cuts, weights, windows of outcomes, prices that stand still; merges, damaged files, rounding."""

from __future__ import annotations

import inspect
import logging
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from fault_recipes.book import Bench, Seen, Trial, fault
from finfoundry.core.errors import FinfoundryError
from finfoundry.specialists.inputs.folds import folds
from finfoundry.specialists.inputs.schema import Column
from finfoundry.specialists.models.binning import PRIOR_ROWS, SMOOTHING, Bins, bin_column, edit_column
from finfoundry.specialists.reports import card


def _right(fault: str | None) -> Seen:
    return Seen("silent", fault) if fault else Seen("right")


def _refused(work: Callable[[], object], *words: str) -> Seen:
    """Said where it is refused, with a remedy and the words."""
    try:
        work()
    except FinfoundryError as error:
        told = str(error)
        return (
            Seen("right") if error.remedy and all(word in told for word in words) else Seen("silent", f"refused without its reason: {told}")
        )
    return Seen("silent", "it was done without a word")


# ---- B095, B096: scorecards


@fault("B095")
def cuts_as_printed(_: Bench) -> Iterator[Trial]:
    import re

    def edges(bins: Bins) -> list[tuple[str, str]]:
        return [one.groups() for one in (re.fullmatch(r"\[(.+), (.+)\)", label) for label in bins.labels) if one]  # type: ignore[misc]

    def on_the_cut(scale: float, digits: int, seed: int) -> Seen:
        stream = np.random.default_rng(seed)
        cells = np.round(stream.random(3000), digits) * scale
        y = (stream.random(3000) < 0.1 + 0.5 * (cells / scale > 0.4)).astype(int)
        bins = bin_column(Column("ratio", "number"), cells, y)
        bad = []
        for number, (low, high) in enumerate(edges(bins)):
            for text, wanted in ((low, number), (high, number + 1)):
                if "∞" not in text and bins.index(np.array([float(text.replace("−", "-").replace(",", ""))]))[0] != wanted:
                    bad.append(text)
        return _right(f"printed cuts score otherwise: {', '.join(bad[:4])}" if bad else None if len(bins.splits) else "no cuts were made")

    for name, scale, digits, seed in (
        ("literal", 1.0, 3, 3),
        ("amounts above a million", 1_234_567.0, 3, 3),
        ("whole numbers", 1000.0, 3, 4),
        ("0.1 + 0.2", 1.0, 1, 5),
    ):
        yield Trial(name, lambda scale=scale, digits=digits, seed=seed: on_the_cut(scale, digits, seed))  # type: ignore[misc]


@fault("B096")
def weights_by_the_formula(_: Bench) -> Iterator[Trial]:
    def weighed(rows: tuple[int, int, int], events: tuple[int, int, int]) -> Seen:
        cells = np.repeat([1.0, 5.0, 9.0], rows)
        y = np.concatenate([[1] * bad + [0] * (count - bad) for count, bad in zip(rows, events, strict=True)])
        bins = edit_column(Column("n", "number"), cells, y, (3.0, 7.0))
        base = y.mean()
        for count, bad, woe in zip(bins.rows[:3], bins.events[:3], bins.woe[:3], strict=True):
            rate = (bad + PRIOR_ROWS * base) / (count + PRIOR_ROWS)
            if not math.isclose(woe, math.log(rate / (1 - rate)) - math.log(base / (1 - base)), rel_tol=1e-9):
                return Seen("silent", f"{bad} of {count} rows: the stated formula gives another weight than {woe}")
        stated = "SMOOTHING" in inspect.getsource(card) and str(PRIOR_ROWS) in SMOOTHING
        return _right(None if stated else "the card does not state the formula")

    for name, rows, events in (
        ("literal", (1, 53, 146), (0, 3, 40)),
        ("no good", (1, 40, 159), (1, 5, 30)),
        ("large bins", (400, 500, 600), (40, 25, 12)),
    ):
        yield Trial(name, lambda rows=rows, events=events: weighed(rows, events))  # type: ignore[misc]


# ---- B100: outcomes that come late


@fault("B100")
def outcomes_that_come_late(_: Bench) -> Iterator[Trial]:
    def split(days: int, wait: float, every: str) -> Seen:
        time, y = pd.Series(pd.date_range("2023-01-01", periods=900, freq=every)), (np.arange(900) % 3 == 0).astype(int)
        for fit, test in folds(y, time, None, 0, until_known=wait):
            if len(fit) and len(test) and (time.iloc[test].min() - time.iloc[fit].max()).days < days:
                return Seen("silent", f"a row was fitted on {(time.iloc[test].min() - time.iloc[fit].max()).days} days before the test")
        return Seen("right")

    yield Trial("literal, 90 days", lambda: split(90, 90, "D"))
    yield Trial("5 days, twice a day", lambda: split(5, 5, "12h"))
    yield Trial("a year", lambda: split(365, 365, "7D"))

    def told() -> Seen:
        said = "--outcome-days" in inspect.getsource(card)
        return _right(None if said else "the card does not say that no window of outcomes was given")

    yield Trial("without a window it is said", told)


# ---- B102: prices that stand still


@fault("B102")
def prices_that_stand_still(bench: Bench) -> Iterator[Trial]:
    from tests.specialists.test_market_models import garch_returns, source

    from finfoundry.specialists.families.market_risk.market_risk import score, train
    from finfoundry.specialists.market.stale_prices import STALE
    from finfoundry.specialists.models.specialist import TrainingRequest

    def scored(still: int) -> Seen:
        prices = 100 * np.exp(np.cumsum(garch_returns(1200)))
        folder = bench.folder / f"stale-{still}"
        folder.mkdir()
        made = train(TrainingRequest("market-risk", "made", prices=("all",)), folder, source=source({"ACME": prices}))
        standing = prices.copy()
        standing[-still - 1 :] = standing[-still - 1]
        [row] = score(made, "m", source({"ACME": standing})).rows
        return _right(None if row.refused and "has not moved" in row.refused else f"scored: {row}")

    yield Trial("literal, 250 days", lambda: scored(250))
    yield Trial(f"{STALE} days", lambda: scored(STALE))
    yield Trial("100 days", lambda: scored(100))


# ---- B086, B091, B092: models


class _Small:
    """A model of two layers, and an adapter of it as training writes one, with numbers of a size in B."""

    def __init__(self, folder: Path, size: float, seed: int = 1) -> None:
        import torch
        from tests.train import tiny

        from finfoundry.train.export.manifest import FormRecord, ModelManifest, write_manifest
        from finfoundry.train.recipe import parse_recipe
        from finfoundry.train.weights import LowRank

        folder.mkdir()
        self.base, self.folder = tiny.base(folder, "llama"), folder / "model"
        self.folder.mkdir()
        recipe = parse_recipe(
            {"name": "cards", "base": "tiny", "method": "instruct", "weights": "lora", "lora": {"rank": 4, "alpha": 8},
             "data": {"tasks": [{"task": "cards.yaml"}], "licences": ["CC0-1.0"]}, "context": 64, "pack": 128, "packs": 2, "epochs": 1,
             "learning_rate": 0.01, "precision": "fp32", "checkpoint_every": 4, "forms": []}, "faults",
        )  # fmt: skip
        weights = LowRank(recipe)
        model = weights.open(self.base, torch.float32)
        torch.manual_seed(seed)
        with torch.no_grad():
            for name, weight in weights.learned(model).items():
                if "lora_B" in name and size:
                    weight.normal_(0, size)
        learned = self.folder / "adapter"
        weights.save(model, self.base, learned)
        from finfoundry.runtime.path_digest import path_digest

        record = FormRecord("adapter", path_digest(learned), 1)
        write_manifest(
            self.folder,
            ModelManifest(
                "cards", "2024-01-01T00:00:00+00:00", "0", "tiny", self.base.sha256, self.base.chat_template, recipe.model_dump(), "0",
                {}, 1, 1, 0.0, forms={"adapter": record},
            ),
        )  # fmt: skip

    def export(self, form: str) -> object:
        from finfoundry.train.export.forms import export

        return export(self.folder, self.base, [form])


@fault("B086")
def merges(bench: Bench) -> Iterator[Trial]:
    yield Trial("literal, merged", lambda: _refused(lambda: _Small(bench.folder / "zero-merged", 0).export("merged"), "changes no weight"))
    yield Trial("q8_0", lambda: _refused(lambda: _Small(bench.folder / "zero-q8", 0).export("q8_0"), "changes no weight"))
    yield Trial("lora", lambda: _refused(lambda: _Small(bench.folder / "zero-lora", 0).export("lora"), "changes no weight"))

    def altered(form: str) -> None:
        small = _Small(bench.folder / f"altered-{form}", 0.3)
        file = next((small.folder / "adapter").glob("*.safetensors"))
        data = bytearray(file.read_bytes())
        data[-7] ^= 1
        file.write_bytes(data)
        small.export(form)

    yield Trial("literal, altered since", lambda: _refused(lambda: altered("merged"), "has changed"))
    yield Trial("altered since, q8_0", lambda: _refused(lambda: altered("q8_0"), "has changed"))

    def eaten(size: float, said: bool) -> Seen:
        with _heard() as lines:
            _Small(bench.folder / f"eaten-{said}", size).export("merged")
        return _right(None if any("Rounding to bf16" in line for line in lines) is said else f"rounding is {'not ' if said else ''}told")

    yield Trial("a change that rounding eats is said", lambda: eaten(1e-7, True))
    yield Trial("a change that stays is not", lambda: eaten(0.3, False))


class _heard:  # noqa: N801  used as a context
    """What the toolchain logs meanwhile."""

    def __enter__(self) -> list[str]:
        lines: list[str] = []

        class Keep(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                lines.append(record.getMessage())

        self._handler = Keep()
        logging.getLogger("finfoundry.train").addHandler(self._handler)
        return lines

    def __exit__(self, *_: object) -> None:
        logging.getLogger("finfoundry.train").removeHandler(self._handler)


@fault("B091")
def damaged_files(bench: Bench) -> Iterator[Trial]:
    from tests.train.test_damaged_weights import BLOCK, NAME, NOT_A_NUMBER, planted

    from finfoundry.core.model_files.damaged_weights import check_weights
    from finfoundry.core.model_files.gguf_container import floats
    from finfoundry.train.export.forms import write_gguf

    def damaged(name: str, form: str, change: Callable[[bytearray], None]) -> Seen:
        small = _Small(bench.folder / f"damaged-{name}-{form}", 0.3)
        path = small.folder / f"{form}.gguf"
        write_gguf(path, small.base, form, {NAME: floats})
        check_weights(path)
        return _refused(lambda: check_weights(planted(path, change)), NAME)

    def put(form: str) -> Callable[[bytearray], None]:
        return lambda data: data.__setitem__(slice(0, 2), NOT_A_NUMBER[form])

    def empty(form: str) -> Callable[[bytearray], None]:
        def change(data: bytearray) -> None:
            for at in range(0, len(data), BLOCK[form]):
                data[at : at + 2] = b"\x00\x00"

        return change

    for form in ("q4_0", "q8_0", "f16"):
        yield Trial(f"not a number, {form}", lambda form=form: damaged("nan", form, put(form)))  # type: ignore[misc]
    for form in ("q4_0", "q8_0"):
        yield Trial(f"scaled to nothing, {form}", lambda form=form: damaged("zero", form, empty(form)))  # type: ignore[misc]


@fault("B092")
def rounding(bench: Bench) -> Iterator[Trial]:
    """Each file is measured; one that is further from the floats than plain rounding is said to be."""

    def measured(form: str, size: float, seed: int) -> Seen:
        with _heard() as lines:
            small = _Small(bench.folder / f"rounded-{form}-{seed}", size, seed)
            manifest = small.export(form)
        found = manifest.forms[form].metrics.get("rounding", {})  # type: ignore[attr-defined]
        if not found:
            return Seen("silent", "nothing measures the file")
        worse, said = found["divergence"] > found["divergence_plain"], any("plain rounding" in line for line in lines)
        text = f"{found['divergence']:.4f} from the floats, {found['divergence_plain']:.4f} by plain rounding"
        if worse and not said:
            return Seen("silent", text)
        return Seen("said", text) if worse else Seen("right", text)

    for form, size, seed in (("q4_0", 0.02, 1), ("q4_0", 0.3, 2), ("q8_0", 0.02, 3)):
        yield Trial(f"{form}, change of {size}", lambda form=form, size=size, seed=seed: measured(form, size, seed))  # type: ignore[misc]
