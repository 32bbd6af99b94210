"""A block of scored rows by column: written as lines of CSV and as the JSON that the audit keeps, with no object made of any row.

What it writes is to the byte what ``replay.kept`` and ``writing`` make of rows one by one; a cell that occurs often is put into text once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii as json_text  # what ``json.dumps`` makes of a text

import numpy as np
import pandas as pd

from finfoundry.specialists.inputs.schema import Values, take
from finfoundry.specialists.models.specialist import Specialist
from finfoundry.specialists.scoring.score import REASONS, Answers, Inputs, Reasons, ScoredRow, answers, score_inputs, shown

Texts = np.ndarray  # of objects that are str, shape (rows,)


@dataclass(frozen=True)
class ScoreBlock:
    """The answers of a table, and which of its rows they are of."""

    specialist: Specialist
    ready: Inputs
    good: np.ndarray  # places of the rows that were scored
    values: Values  # of these
    found: Answers | None  # None where no row was scored

    def entries(self) -> tuple[list[str], list[str]]:
        """The canonical JSON of each row's audit entry, and that of its output alone."""
        refused = self.ready.checked.reasons
        outputs = [f'{{"refused":{json_text(refused[row])}}}' if row in refused else "" for row in self._all]
        inputs = ["null"] * len(outputs)
        if self.found is not None:
            for place, output, cells in zip(self.good.tolist(), self._outputs(self.found), self._inputs(), strict=True):
                outputs[place], inputs[place] = output, cells
        ids = (json_text(one) for one in self.ready.ids)
        told = zip(ids, inputs, outputs, strict=True)
        return [f'{{"id":{id_},"inputs":{cells},"output":{output}}}' for id_, cells, output in told], outputs

    def rows(self) -> list[ScoredRow]:
        """The same rows as objects."""
        return score_inputs(self.specialist, "", self.ready, reasons=self.found is not None and self.found.reasons is not None).rows

    def lines(self, quoted: Callable[[str], str]) -> list[str]:
        """A line of CSV for each row. ``quoted`` makes a cell of a text."""
        blank = "," * (3 * REASONS + 6)
        reasons = self.ready.checked.reasons
        made = [blank + quoted(reasons[row]) if row in reasons else "" for row in self._all]
        if self.found is not None:
            for place, line in zip(self.good.tolist(), self._cells(self.found, quoted), strict=True):
                made[place] = line
        first = self.ready.first + 1
        return [f"{first + row},{quoted(id_)},{line}\r\n" for row, id_, line in zip(self._all, self.ready.ids, made, strict=True)]

    @property
    def _all(self) -> range:
        return range(len(self.ready.ids))

    def _inputs(self) -> Iterable[str]:
        """The inputs as JSON, columns in the order of their names."""
        columns = sorted(self.specialist.schema, key=lambda column: column.name)
        names = [json_text(column.name).replace("%", "%%") for column in columns]
        form = "{" + ",".join(f"{name}:%s" for name in names) + "}"
        cells = [_texts(self.values[one.name], one.categories, json_text, repr, "null").tolist() for one in columns]
        return (form % row for row in zip(*cells, strict=True))

    def _outputs(self, found: Answers) -> Iterable[str]:
        """The outputs as JSON, as ``replay.output_of`` gives them."""
        parts = {"grade": _numbers(found.grade), "probability": _numbers(found.probability), "score": _numbers(found.score)}
        if found.alert is not None:
            parts["alert"] = _choice(found.alert, "true", "false")
        if found.reasons is not None:
            base = repr(found.reasons.base)
            parts |= {"base": [base] * len(found.score), "rest": _numbers(found.reasons.rest), "reasons": self._json_reasons(found.reasons)}
        form = "{" + ",".join(f'"{name}":%s' for name in sorted(parts)) + "}"
        return (form % row for row in zip(*(parts[name] for name in sorted(parts)), strict=True))

    def _json_reasons(self, found: Reasons) -> list[str]:
        def tell(column: str, values: Texts, contributions: list[str]) -> list[str]:
            name = json_text(column)
            cells = (json_text(value) for value in values)
            return [f'{{"column":{name},"contribution":{part},"value":{cell}}}' for cell, part in zip(cells, contributions, strict=True)]

        cells = self._reasons(found, tell, "")
        cells[:, 1:][cells[:, 1:] != ""] = "," + cells[:, 1:][cells[:, 1:] != ""]
        return [f"[{''.join(row)}]" for row in cells.tolist()]

    def _cells(self, found: Answers, quoted: Callable[[str], str]) -> Iterable[str]:
        def tell(column: str, values: Texts, contributions: list[str]) -> list[str]:
            name = quoted(column)
            return [f"{name},{quoted(value)},{part}" for value, part in zip(values, contributions, strict=True)]

        count = len(found.score)
        alert = [""] * count if found.alert is None else _choice(found.alert, "True", "False")
        plain = zip(_numbers(found.score), _numbers(found.probability), _numbers(found.grade), alert, strict=True)
        if found.reasons is None:
            return (",".join(row) + "," * (3 * REASONS + 3) for row in plain)
        told = (",".join(row) for row in self._reasons(found.reasons, tell, ",,").tolist())
        base, rest = repr(found.reasons.base), _numbers(found.reasons.rest)
        return (f"{','.join(row)},{base},{reasons},{left}," for row, reasons, left in zip(plain, told, rest, strict=True))

    def _reasons(self, found: Reasons, tell: Callable[[str, Texts, list[str]], list[str]], none: str) -> Texts:
        """Texts of shape (rows, REASONS): each reason as ``tell`` puts it, ``none`` where there is none."""
        cells = np.full((len(found.rest), REASONS), none, dtype=object)
        categories = {column.name: column.categories for column in self.specialist.schema}
        for number, name in enumerate(found.columns):
            rows, ranks = np.nonzero(found.chosen == number)
            if len(rows):
                values = self._shown(self.values[name][rows], categories[name])
                cells[rows, ranks] = tell(name, values, _numbers(found.contributions[rows, ranks]))
        return cells

    @staticmethod
    def _shown(cells: np.ndarray, categories: Sequence[str]) -> Texts:
        return _texts(cells, categories, lambda name: name, lambda cell: shown(cell, ()), shown(float("nan"), ()))


def score_block(specialist: Specialist, ready: Inputs, *, reasons: bool) -> ScoreBlock:
    """Score the rows of a table that can be scored, by column."""
    good = ready.checked.good
    values = take(ready.checked.values, good)
    found = answers(specialist, values, ready.amounts(good, specialist), reasons=reasons) if len(good) else None
    return ScoreBlock(specialist, ready, good, values, found)


def _texts(cells: np.ndarray, categories: Sequence[str], name: Callable[[str], str], number: Callable[[float], str], missing: str) -> Texts:
    """Each cell as text: of categories by their names, of numbers each different one once, by its bits."""
    if categories:
        return np.asarray(np.array([*map(name, categories), missing], dtype=object)[cells])
    return _once(cells, lambda cell: missing if cell != cell else number(cell))


def _once(cells: np.ndarray, text: Callable[[float], str]) -> Texts:
    codes, bits = pd.factorize(np.ascontiguousarray(cells).view(np.int64))
    return np.asarray(np.array([text(one) for one in bits.view(cells.dtype).tolist()], dtype=object)[codes])


def _numbers(cells: np.ndarray) -> list[str]:
    return list(_once(cells, repr))


def _choice(cells: np.ndarray, yes: str, no: str) -> list[str]:
    return list(map(str, np.where(cells, yes, no).tolist()))
