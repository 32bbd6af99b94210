"""The sentences of ``cases/*.yaml``: what each figure is bound to, or why it is not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from finfoundry.binding import CellEvidence, Evidence, PassageEvidence, bind
from finfoundry.core.answer import DocumentName
from finfoundry.core.document import Fact

ENTITY = {"en": ("Larkspur Devices, Inc.", "Larkspur"), "zh": ("江澜生物科技股份有限公司", "江澜生物")}
DOCUMENT = DocumentName("d1", "report.pdf")


def _cases() -> list[Any]:
    found = []
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        for case in content["cases"]:
            evidence = [_evidence(one, path.stem) for name in case["of"] for one in content["evidence"][name]]
            found.append(pytest.param(case, evidence, id=f"{path.stem}: {case['say'][:70]}"))
    return found


def _evidence(given: dict[str, Any], language: str) -> Evidence:
    name, alias = ENTITY[language]
    if "text" in given:
        return PassageEvidence(given["text"], DOCUMENT, given["page"], entity=name, aliases=(alias,))
    scale, precision = Decimal(str(given.get("scale", 1000))), given.get("precision", 0)
    value = Decimal(str(given["value"]))
    fact = Fact(
        metric=tuple(part for part in (given.get("heading"), given["metric"]) if part),
        value=value,
        unit=given["unit"],
        period=str(given["period"]),
        text=f"{value / scale:,.{precision}f}",
        page=45,
        entity=given.get("entity", name),
        concept=given.get("concept"),
        scope=given.get("scope", "consolidated"),
        dimensions=(("segment", given["segment"]),) if "segment" in given else (),
        scale=scale,
        precision=precision,
        box=(72.0, 300.0, 540.0, 312.0),
    )
    return CellEvidence(fact, DOCUMENT, () if "entity" in given else (alias,))


@pytest.mark.parametrize(("case", "evidence"), _cases())
def test_case(case: dict[str, Any], evidence: list[Evidence]) -> None:
    bound = bind(case["say"], evidence, case.get("ask", ""))
    outcomes = {figure.text: figure.source for figure in bound.figures} | {one.text: one.reason for one in bound.unbound}
    expected = [] if case["expect"] == "none" else case["expect"]
    assert sorted(outcomes.values()) == sorted(expected), outcomes
    order = sorted(outcomes, key=case["say"].index)
    assert [outcomes[text] for text in order] == expected
