"""The words of a kind of institution: its metrics with their printed and spoken names, and the plan of its report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

Lang = Literal["en", "zh"]
Kind = Literal["bank", "insurer", "broker", "fund", "property"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LANGS: tuple[Lang, ...] = get_args(Lang)
_ASIDE = re.compile(r"^(?:减：|加：|其中：)|^of which:? |（[^（）]*）$|(?<=[a-z])/\([a-z ]+\)|[①-⑨]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """A metric. ``unit`` is money, percent, times, per_share, nav, count or area; ``stock``: it is of a day."""

    key: str
    unit: str
    stock: bool
    printed: Mapping[Lang, tuple[str, ...]]
    synonyms: Mapping[Lang, tuple[str, ...]]


@cache
def plan_of(kind: Kind) -> dict[str, Any]:
    """The kind's file."""
    text = (Path(__file__).parent / "data" / f"{kind}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def wording() -> dict[str, Any]:
    """Sentences of questions, of the reports' prose, and the parts of names."""
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "wording.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def terms_of(kind: Kind) -> dict[str, Term]:
    """The metrics of the kind, those of its matrices' columns too."""
    found = {}
    for key, (unit, en, zh, also_en, also_zh) in plan_of(kind)["terms"].items():
        printed: dict[Lang, tuple[str, ...]] = {"en": tuple(en), "zh": tuple(zh)}
        synonyms: dict[Lang, tuple[str, ...]] = {"en": tuple(also_en), "zh": tuple(also_zh)}
        found[key] = Term(key, unit.rstrip("@"), unit.endswith("@"), printed, synonyms)
    for matrix in plan_of(kind).get("matrices", {}).values():
        for key, rule in matrix["columns"].items():
            if key not in found:
                found[key] = Term(key, rule["unit"], True, {"en": tuple(rule["en"]), "zh": tuple(rule["zh"])}, {"en": (), "zh": ()})
    return found


def spoken(label: str) -> str:
    """A printed label as people say it: without brackets and "of which", in small letters unless it is an abbreviation."""
    plain = _ASIDE.sub("", label).strip()
    return plain[0].lower() + plain[1:] if len(plain) > 1 and plain[1].islower() else plain
