"""Rules of transaction monitoring on made transfers of one account, each against a neighbour that just misses the threshold."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import yaml

from finfoundry.core.errors import InputError
from finfoundry.specialists.families.aml.graph import Transfers, transfers
from finfoundry.specialists.families.aml.typologies import NAMES, TypologyFinding, default_text, findings, read_rules

Edge = tuple[str, str, float, float]
_DAY = 19_800.0  # 2024-03-18
FIRES: dict[str, list[Edge]] = {
    "structuring": [("c", "a", 9500.0, 0.0), ("c", "a", 9000.55, 1.0), ("c", "a", 9800.0, 2.0)],
    "rapid movement": [("c", "a", 6000.0, 0.0), ("a", "d", 5900.0, 1.5)],
    "fan-in": [(f"c{one}", "a", 100.5, float(one)) for one in range(5)],
    "fan-out": [("a", f"c{one}", 100.5, float(one)) for one in range(5)],
    "round trip": [("a", "b", 700.0, 0.0), ("b", "c", 690.0, 2.0), ("c", "a", 680.0, 4.0)],
    "round amounts": [
        ("a", "c", 500.0, 0.0),
        ("c", "a", 300.0, 1.0),
        ("a", "d", 700.0, 2.0),
        ("a", "d", 200.0, 3.0),
        ("d", "a", 900.0, 4.0),
    ],
    "dormant then active": [("c", "a", 51.0, -90.0), ("c", "a", 420.5, 0.0), ("a", "d", 333.3, 1.0), ("c", "a", 410.0, 2.0)],
}
MISSES: dict[str, list[Edge]] = {
    "structuring": [("c", "a", 10_000.0, 0.0), ("c", "a", 9000.55, 1.0), ("c", "a", 6800.0, 2.0)],
    "rapid movement": [("c", "a", 6000.0, 0.0), ("a", "d", 5900.0, 3.5)],
    "fan-in": [("c1", "a", 100.5, float(one)) for one in range(5)],
    "fan-out": [("a", f"c{one}", 100.5, float(one * 11)) for one in range(-4, 1)],
    "round trip": [("a", "b", 700.0, 0.0), ("b", "c", 690.0, 2.0), ("c", "d", 680.0, 4.0)],
    "round amounts": [
        ("a", "c", 501.0, 0.0),
        ("c", "a", 300.0, 1.0),
        ("a", "d", 700.0, 2.0),
        ("a", "d", 201.0, 3.0),
        ("d", "a", 900.0, 4.0),
    ],
    "dormant then active": [("c", "a", 51.0, -50.0), ("c", "a", 420.5, 0.0), ("a", "d", 333.3, 1.0), ("c", "a", 410.0, 2.0)],
}


def graph(edges: list[Edge]) -> Transfers:
    source, destination, amount, time = zip(*edges, strict=True)
    return transfers(source, destination, np.array(amount), np.array(time) + _DAY)


def found(edges: list[Edge], as_of: float = 6.0) -> dict[str, TypologyFinding]:
    return {one.rule: one for one in findings(graph(edges), "a", read_rules(), _DAY + as_of, dated=True)}


@pytest.mark.parametrize("rule", NAMES)
def test_each_rule_fires_by_its_own_transfers(rule: str) -> None:
    one = found(FIRES[rule])[rule]
    assert rule not in found(MISSES[rule])
    assert rule not in found(FIRES[rule], as_of=-1.0), "not before it happened"
    assert rule not in found(FIRES[rule], as_of=60.0), "not long after"
    assert one.figures["sum moved"] == sum(Decimal(str(moved.amount)) for moved in one.transfers)
    assert one.figures["transfers"] == len(one.transfers)
    assert {(moved.source, moved.destination, float(moved.amount), moved.time - _DAY) for moved in one.transfers} <= set(FIRES[rule])
    assert one.transfers[0].when.startswith("2024-03-18")


def test_structuring_is_called_structuring() -> None:
    """Three transfers just below the limit from one payer: no fan, no cycle, and exact money."""
    fired = found(FIRES["structuring"])
    assert list(fired) == ["structuring"]
    assert fired["structuring"].figures["sum moved"] == Decimal("28300.55")
    assert fired["structuring"].thresholds["limit"] == 10_000


def test_strangers_fire_nothing() -> None:
    strangers = [(f"x{one}", "y", 9500.0, float(one)) for one in range(6)]
    assert found([*FIRES["fan-in"], *strangers]) == found(FIRES["fan-in"])


def test_thresholds_are_data(tmp_path: Path) -> None:
    told = yaml.safe_load(default_text())
    assert set(told["rules"]) == set(NAMES)
    path = tmp_path / "rules.yaml"
    told["rules"]["fan-in"]["accounts"] = 6
    path.write_text(yaml.safe_dump(told))
    rules = read_rules(path)
    assert rules.digest != read_rules().digest
    assert not any(one.rule == "fan-in" for one in findings(graph(FIRES["fan-in"]), "a", rules, _DAY + 6, dated=True))
    for place, value in (("share", 1.5), ("days", 0), ("amount", "much"), ("odd", 1)):
        wrong = {**told, "rules": {"rapid movement": {**told["rules"]["rapid movement"], place: value}}}
        path.write_text(yaml.safe_dump(wrong))
        with pytest.raises(InputError, match=f"rapid movement, {place}"):
            read_rules(path)
    path.write_text(yaml.safe_dump({**told, "rules": {"smurfing": {}}}))
    with pytest.raises(InputError, match="no rule 'smurfing'"):
        read_rules(path)
