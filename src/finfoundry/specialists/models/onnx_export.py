"""A credit specialist as an ONNX graph that any runtime runs: the points scorecard, or the trees.

Each input column is an input of the graph, of shape (rows, 1): numbers as doubles, NaN for an empty cell; categories as text, "" for
an empty cell. Outputs are ``score``, ``probability`` and ``grade``, computed in doubles, so that a cell on a cut falls where the model
puts it.
Trees are the operator TreeEnsemble of ai.onnx.ml 5 (https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsemble.html), which keeps doubles.

The graph has no schema check: a row that ``score`` refuses gets a score, but a category that training never saw gets NaN, and grade 0.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.onnx_file import ML, Graph, value
from finfoundry.specialists.inputs.schema import Column
from finfoundry.specialists.models.binning import Bins
from finfoundry.specialists.models.calibrate import LogisticCalibration
from finfoundry.specialists.models.grades import MASTER_SCALE
from finfoundry.specialists.models.scorecard import BASE_ODDS, BASE_SCORE, FACTOR, Scorecard
from finfoundry.specialists.models.specialist import DIGITS, Specialist
from finfoundry.specialists.models.tree_nodes import Ensemble, ensemble_of
from finfoundry.specialists.models.trees import Trees

_LARGEST = 40.0  # log odds beyond which the calibration is flat
OUTPUTS = ("score", "probability", "grade")


@dataclass(frozen=True)
class ExportedGraph:
    """A graph that was written. ``inputs``: of each column what its cells are, ``double`` or ``text``."""

    file: str
    sha256: str
    version: str
    model: str
    inputs: dict[str, str]
    outputs: list[str]


def write_onnx(specialist: Specialist, path: Path, model: str | None = None) -> ExportedGraph:
    """Write the graph of a model. Raises InputError as ``to_onnx``, or where the file cannot be written."""
    data, name = to_onnx(specialist, model), model or specialist.champion
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error}", remedy="Give another file with --out") from error
    inputs = {column.name: "text" if column.categories else "double" for column in _columns(specialist, name)}
    return ExportedGraph(str(path), hashlib.sha256(data).hexdigest(), specialist.version, name, inputs, list(OUTPUTS))


def to_onnx(specialist: Specialist, model: str | None = None) -> bytes:
    """The file of a model, by default the champion. Raises InputError: no such model, or its columns are made of earlier events."""
    name = model or specialist.champion
    if name not in specialist.models:
        raise InputError(f"There is no model {name!r}", remedy=f"Choose one of {', '.join(specialist.models)}")
    form, calibration = specialist.models[name].form, specialist.models[name].calibration
    columns = _columns(specialist, name)
    if made := [column.name for column in columns if column.made]:
        raise InputError(f"The input {made[0]!r} is made of earlier events, which a graph does not have", remedy="Score it here")
    graph = _Graph()
    margin = graph.points(form, columns) if isinstance(form, Scorecard) else graph.trees(form, columns)
    graph.probability(margin, calibration)
    inputs = [value(column.name, "str" if column.categories else "float64", ["rows", 1]) for column in columns]
    outputs = [value(one, "int64" if one == "grade" else "float64", ["rows", 1]) for one in OUTPUTS]
    return graph.encode(inputs, outputs, domain=(ML, 5))


def _columns(specialist: Specialist, model: str) -> list[Column]:
    return [column for column in specialist.schema if column.name in specialist.models[model].form.columns]


class _Graph(Graph):
    """Steps of arithmetic, each with a name of its own."""

    def step(self, operator: str, *inputs: str, output: str | None = None, **attributes: object) -> str:
        domain = ML if operator in ("LabelEncoder", "TreeEnsemble") else ""
        return self.add(operator, inputs, output or f"step {len(self.nodes)}", domain=domain, **attributes)

    def number(self, cell: float | np.ndarray) -> str:
        return self.constant(f"constant {len(self.constants)}", np.asarray(cell, dtype=np.float64))

    def whole(self, cell: int | np.ndarray) -> str:
        return self.constant(f"constant {len(self.constants)}", np.asarray(cell, dtype=np.int64))

    def points(self, form: Scorecard, columns: list[Column]) -> str:
        """The sum of points, and the log odds that they say."""
        known = {column.name: column for column in columns}
        total = self.number(float(form.offset))
        for bins, points in zip(form.bins, form.points, strict=True):
            at = self._bin(bins, known[bins.column])
            worth = np.array([*points, np.nan])  # the last for a category that is not known
            total = self.step("Add", total, self.step("Gather", self.number(worth), at))
        self.step("Identity", total, output="score")
        log_odds = self.step("Div", self.step("Sub", self.number(BASE_SCORE), total), self.number(FACTOR))
        return self.step("Sub", log_odds, self.number(float(np.log(BASE_ODDS))))

    def trees(self, form: Trees, columns: list[Column]) -> str:
        """The mean of the trees' log odds."""
        known = {column.name: column for column in columns}
        special = form.special or ((),) * len(form.columns)
        cells = [self._cell(known[name], *told) for name, *told in zip(form.columns, form.codes, special, strict=True)]
        summed = self._ensemble(self.step("Concat", *cells, axis=1), ensemble_of(form.texts))
        margin = self.step("Div", summed, self.number(len(form.texts)))
        for column in columns:
            if column.categories:
                nothing = self.number(np.array([*[0.0] * len(column.categories), 0.0, np.nan]))
                margin = self.step("Add", margin, self.step("Gather", nothing, self._code(column)))
        self._rounded(margin, "score")
        return margin

    def probability(self, margin: str, calibration: LogisticCalibration) -> None:
        """The calibrated probability and its grade."""
        odds = self.step("Mul", self.number(calibration.slope), margin)
        if calibration.lower is not None:
            moved = self.step("Sub", margin, self.number(calibration.centre))
            above = self._softplus(moved)
            below = self.step("Sub", moved, above)
            parts = [self.step("Mul", self.number(calibration.lower), below), self.step("Mul", self.number(calibration.slope), above)]
            odds = self.step("Add", *parts)
        odds = self.step("Add", odds, self.number(calibration.shift))
        held = self.step("Clip", odds, self.number(-_LARGEST), self.number(_LARGEST))
        one = self.number(1)
        plain = self.step("Div", one, self.step("Add", one, self.step("Exp", self.step("Neg", held))))
        told = self._rounded(plain, "probability")
        beyond = self.step("Greater", told, self.number(np.array([MASTER_SCALE[:-1]])))
        grade = self.step("Add", self._count(beyond), self.whole(1))
        self.step("Where", self.step("IsNaN", told), self.whole(0), grade, output="grade")

    def _bin(self, bins: Bins, column: Column) -> str:
        """The number of the bin of each cell, as ``Bins.index`` has it."""
        missing = len(bins.labels) - 1
        if bins.groups:
            return self.step("Gather", self.whole(np.array([*bins.groups, missing, missing + 1])), self._code(column))
        at = self._count(self.step("GreaterOrEqual", column.name, self.number(np.array([bins.splits]).reshape(1, -1))))
        for number, code in enumerate(bins.special):
            same = self.step("Equal", column.name, self.number(code))
            at = self.step("Where", same, self.whole(len(bins.splits) + 1 + number), at)
        return self.step("Where", self.step("IsNaN", column.name), self.whole(missing), at)

    def _cell(self, column: Column, codes: tuple[float, ...], special: tuple[float, ...]) -> str:
        """What the trees read of a column, as ``Trees.matrix`` has it."""
        if codes:
            return self.step("Gather", self.number(np.array([*codes, codes[-1]])), self._code(column))
        cells = column.name
        for code in special:
            cells = self.step("Where", self.step("Equal", column.name, self.number(code)), self.number(np.nan), cells)
        return cells

    def _code(self, column: Column) -> str:
        """The code of a category; behind the last one that of an empty cell, and then that of a text that is not known."""
        count = len(column.categories)
        keys, codes = [*column.categories, ""], [*range(count + 1)]
        return self.step("LabelEncoder", column.name, keys_strings=keys, values_int64s=codes, default_int64=count + 1)

    def _ensemble(self, matrix: str, trees: Ensemble) -> str:
        found = self.step(
            "TreeEnsemble", matrix, aggregate_function=1, n_targets=1, post_transform=0,
            nodes_modes=np.zeros(len(trees.feature), dtype=np.uint8),  # all of them: at most
            nodes_splits=np.array(trees.split), nodes_featureids=trees.feature, nodes_missing_value_tracks_true=trees.missing_true,
            nodes_truenodeids=trees.true, nodes_trueleafs=trees.true_leaf,
            nodes_falsenodeids=trees.false, nodes_falseleafs=trees.false_leaf,
            tree_roots=trees.roots, leaf_targetids=[0] * len(trees.leaves), leaf_weights=np.array(trees.leaves),
        )  # fmt: skip
        return self.step("Add", found, self.number(trees.constant))

    def _count(self, truths: str) -> str:
        return self.step("ReduceSum", self.step("Cast", truths, to=7), self.whole(np.array([1])), keepdims=1)

    def _softplus(self, cells: str) -> str:
        """ln(1 + exp(x)), without overflow."""
        small = self.step("Exp", self.step("Neg", self.step("Abs", cells)))
        return self.step("Add", self.step("Max", cells, self.number(0)), self.step("Log", self.step("Add", self.number(1), small)))

    def _rounded(self, cells: str, output: str) -> str:
        """To the digits that are printed, halves to even, as numpy does."""
        scale = self.number(10.0**DIGITS)
        return self.step("Div", self.step("Round", self.step("Mul", cells, scale)), scale, output=output)
