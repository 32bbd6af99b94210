"""Wordings of questions with the plan that each asks for, as people wrote them, with slots for names, metrics and years."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

UNSEEN = 0.15  # share of the families of wordings that are never learned, only measured


@dataclass(frozen=True, slots=True)
class Wording:
    """``text`` with slots {company}, {m1} to {m4}, {y1} to {y3} …; ``expressions`` over m1[y1], m1[y0-1]: what is to be computed. By
    how much something fell is its change, with the sign of one.
    """

    number: int
    lang: Literal["en", "zh", "zh-tw"]
    family: str
    text: str
    expressions: tuple[str, ...]
    kind: Literal["lookup", "calculation", "yes_no", "open"]
    show: str

    @property
    def unseen(self) -> bool:
        """Whether it is of a family that is held out."""
        return int.from_bytes(hashlib.sha256(self.family.encode()).digest()[:8]) / 2**64 < UNSEEN

    @property
    def slots(self) -> list[str]:
        """All slots of metrics, by number."""
        return sorted(set(re.findall(r"\{(m\d)\}", self.text)))

    @property
    def metrics(self) -> list[str]:
        """The slots of metrics that the plan needs, in the order in which the text names them."""
        named = dict.fromkeys(re.findall(r"\{(m\d)\}", self.text))
        used = {node.id for one in self.expressions for node in ast.walk(ast.parse(one)) if isinstance(node, ast.Name)}
        return [slot for slot in named if slot in used]


@lru_cache(maxsize=1)
def wordings() -> tuple[Wording, ...]:
    """All wordings that are shipped."""
    lines = resources.files("finfoundry.usecases.readers").joinpath("data/wordings.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return tuple(Wording(number, **{**row, "expressions": tuple(row["expressions"])}) for number, row in enumerate(rows, 1))
