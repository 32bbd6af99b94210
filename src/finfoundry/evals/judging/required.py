"""What a person wrote down that an answer must state, read as a truth for the judge.

A fact is one of ``{any: [words, …]}`` (one of these is said, "substitut*" matching every ending),
``{number: "24.6%", year: 2021}`` (its sign, scale and unit, and the year where several are asked for), ``{says: yes}``, ``{moves: up}``,
``{chosen: [names], instead: [names]}`` (which item, and which it was chosen from), ``{never: [words]}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from typing import Any

import yaml

from finfoundry.evals.judging import TrueFigure, Truth
from finfoundry.evals.judging.truth import Form

Fact = Mapping[str, Any]
SCALE = {"thousand": Decimal(10**3), "million": Decimal(10**6), "billion": Decimal(10**9), "%": Decimal("0.01")}


def facts_of(name: str) -> dict[str, list[Fact]]:
    """The reviewed facts of a shipped file: question id to its facts."""
    text = (files("finfoundry.evals") / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, list[Fact]] = yaml.safe_load(text)
    return loaded


def truth_of(facts: Sequence[Fact], known: Truth) -> Truth:
    """``known`` with what the facts ask for."""
    for fact in facts:
        known = _with(known, fact)
    return known


def _with(known: Truth, fact: Fact) -> Truth:
    if "any" in fact:
        return replace(known, words=(*known.words, tuple(map(str, fact["any"]))))
    if "number" in fact:
        return replace(known, figures=(*known.figures, figure(str(fact["number"]), fact.get("year"), change=bool(fact.get("change")))))
    if "says" in fact:
        return replace(known, yes=fact["says"] in (True, "yes"))
    if "moves" in fact:
        return replace(known, rises=fact["moves"] == "up")
    if "chosen" in fact:
        return replace(known, chosen=tuple(fact["chosen"]), instead=tuple(fact.get("instead", ())))
    if "never" in fact:
        return replace(known, never=(*known.never, *map(str, fact["never"])))
    raise ValueError(f"{sorted(fact)} is no fact")


def figure(printed: str, year: int | None = None, *, change: bool = False) -> TrueFigure:
    """ "24.6%", "20 billion", "-0.6%", "2.7": known to its last digit, in which an answer must print it. Raises ValueError."""
    match = re.fullmatch(r"(-?)([\d,]+(?:\.\d+)?)\s*(%|thousand|million|billion)?", printed)
    if match is None:
        raise ValueError(f"{printed} is no figure")
    digits, scale = match[2].replace(",", ""), SCALE.get(match[3] or "", Decimal(1))
    step = Decimal(1).scaleb(-len(digits.partition(".")[2])) * scale
    form: Form = "percent" if match[3] == "%" else "money" if match[3] else "ratio"
    value = Decimal(digits) * scale * (-1 if match[1] else 1)
    return TrueFigure(value, step, form, "USD" if form == "money" else None, change=change, years=(year,) if year else (), known=step)
