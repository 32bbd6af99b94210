"""Texts judged by required facts that a person wrote: an answer is right when it states each of them, and nothing that is forbidden.

A fact is one of ``{any: [stem, …]}`` (one of these stands in the text, letter case aside), ``{number: "24.6%"}`` (stated at that
precision), ``{says: yes}`` or ``{says: no}`` (the answer does not open with the opposite), ``{none: [stem, …]}`` (none stands there).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib.resources import files
from typing import Any

import yaml

from finfoundry.evals.numeric import Wanted, without_markers
from finfoundry.evals.rows import Score

Fact = Mapping[str, Any]
SCALE = {"": Decimal(1), "thousand": Decimal(10**3), "million": Decimal(10**6), "billion": Decimal(10**9), "%": Decimal("0.01")}


def facts_of(name: str) -> dict[str, list[Fact]]:
    """The reviewed facts of a shipped file: question id to its facts."""
    text = (files("finfoundry.evals") / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, list[Fact]] = yaml.safe_load(text)
    return loaded


def judge(facts: Sequence[Fact], text: str) -> Score:
    """Correct when all facts are met; the value is the share that is."""
    plain = re.sub(r"\s+", " ", without_markers(text))
    missing = [_name(fact) for fact in facts if not _met(fact, plain)]
    value = 1 - len(missing) / len(facts) if facts else 0.0
    return Score("wrong" if missing else "correct", value, f"missing: {'; '.join(missing)}" if missing else "")


def _met(fact: Fact, text: str) -> bool:
    (kind, wanted), low = next(iter(fact.items())), text.casefold()
    if kind == "any":
        return any(str(stem).casefold() in low for stem in wanted)
    if kind == "none":
        return not any(str(stem).casefold() in low for stem in wanted)
    if kind == "number":
        return figure(str(wanted)).stated_in(text) is not None
    opening = re.match(r"\W*(yes|no|是|否|不)\b", low)
    yes = wanted is True or str(wanted) == "yes"
    return opening is None or (opening[1] in ("yes", "是")) == yes


def figure(printed: str) -> Wanted:
    """ "24.6%", "20 billion", "-0.6%", "2.7": a negative one may be told as a decline, so its sign does not count."""
    match = re.fullmatch(r"-?([\d,]+(?:\.\d+)?)\s*(%|thousand|million|billion)?", printed)
    if match is None:
        raise ValueError(f"{printed} is no figure")
    digits = match[1].replace(",", "")
    step = Decimal(1).scaleb(-len(digits.partition(".")[2]))
    scale = SCALE[match[2] or ""]
    return Wanted(Decimal(digits), step, (scale, -scale))


def _name(fact: Fact) -> str:
    kind, wanted = next(iter(fact.items()))
    return f"{kind} {' | '.join(map(str, wanted)) if isinstance(wanted, list) else wanted}"
