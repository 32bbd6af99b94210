"""What an institution's books hold: figures drawn by a seed so that every sum and ratio of the report holds as printed."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from institutions.terms import Kind, Term, plan_of, terms_of

GROUP, PARENT = "consolidated", "parent"
ZERO = Decimal(0)
STEPS = {"percent": Decimal("0.0001"), "times": Decimal("0.01"), "area": Decimal("0.01")}  # of what is no money


class Key(NamedTuple):
    """``when`` is a year ("2024") or a quarter ("2024Q3"); ``member`` is "set:number" of a part, and empty for the whole."""

    metric: str
    when: str
    scope: str = GROUP
    member: str = ""


class Books:
    """``values`` are in base units, a percent as a fraction; ``step`` is the worth of the last digit in which money is kept."""

    def __init__(self, kind: Kind, draw: random.Random, years: Sequence[int], step: Decimal, size: Decimal) -> None:
        self.plan: Mapping[str, Any] = plan_of(kind)
        self.terms: Mapping[str, Term] = terms_of(kind)
        self.draw, self.years, self.step = draw, sorted(years), step
        self.values: dict[Key, Decimal] = {}
        self._levels: dict[str, Decimal] = {}
        for scope, part in ((GROUP, Decimal(1)), (PARENT, self._between(0.7, 0.93))):
            grown = size * part
            for year in [self.years[0] - 1, *self.years]:
                for name, rule in self.plan["figures"].items():
                    self.values[Key(name, str(year), scope)] = self._figure(name, rule, year, scope, grown)
                grown *= self._between(0.88, 1.17)
        self._parts()
        self._matrices()
        self._quarters()

    def __getitem__(self, key: Key) -> Decimal:
        return self.values[key]

    def _between(self, low: float, high: float) -> Decimal:
        return Decimal(str(round(self.draw.uniform(low, high), 6)))

    def _level(self, name: str, low: float, high: float) -> Decimal:
        """A share that stays near its first level from year to year."""
        level = self._levels.setdefault(name, self._between(low, high))
        return level + (abs(level) if low >= 0 else Decimal(str(high - low))) * self._between(-0.045, 0.045)

    def _money(self, value: Decimal) -> Decimal:
        return (value / self.step).quantize(Decimal(1)) * self.step

    def rounded(self, name: str, value: Decimal) -> Decimal:
        """To the step in which such a metric is kept."""
        unit = self.terms[name].unit
        return self._money(value) if unit == "money" else value.quantize(STEPS.get(unit, Decimal(1)))

    def _figure(self, name: str, rule: Any, year: int, scope: str, size: Decimal) -> Decimal:
        if isinstance(rule, str):
            return self._calculated(name, rule, year, scope)
        if isinstance(rule, list):
            return self.rounded(name, size * self._level(f"{name}/{scope}", *rule))
        if "range" in rule:
            nil = self.draw.random() < rule["nil"]
            return ZERO if nil else self.rounded(name, size * self._level(f"{name}/{scope}", *rule["range"]))
        if "prior" in rule:
            before = self.values.get(Key(rule["prior"], str(year - 1), scope))
            return self.values[Key(rule["prior"], str(year), scope)] if before is None else before
        if "of" in rule:
            if rule.get("group") and scope == PARENT:
                return ZERO
            whole = self.values[Key(rule["of"], str(year), scope)]
            value = whole * self._level(f"{name}/{scope}", *rule["share"])
            return value.quantize(Decimal(1)) if rule.get("whole") else self.rounded(name, value)
        digits = Decimal(1).scaleb(-rule.get("digits", 4))
        if "over" in rule:
            above, below = rule["over"]
            under = Decimal(below) if isinstance(below, int) else self.values[Key(below, str(year), scope)]
            return (self.values[Key(above, str(year), scope)] / under).quantize(digits)
        return self._level(f"{name}/{scope}", *rule["draw"]).quantize(digits)

    def _calculated(self, name: str, rule: str, year: int, scope: str) -> Decimal:
        above, _, below = rule.partition("/")
        value = self._sum(above, year, scope)
        return self.rounded(name, value / self._sum(below, year, scope) if below else value)

    def _sum(self, text: str, year: int, scope: str) -> Decimal:
        found = re.findall(r"([+-]?)\s*(\w+)", text)
        return sum((self.values[Key(name, str(year), scope)] * (-1 if sign == "-" else 1) for sign, name in found), ZERO)

    def _split(self, total: Decimal, weights: Sequence[Decimal], step: Decimal) -> list[Decimal]:
        found = [(total * weight / sum(weights) / step).quantize(Decimal(1)) * step for weight in weights[1:]]
        return [total - sum(found, ZERO), *found]

    def _parts(self) -> None:
        """Breakdowns of a figure, or of a share of one, over the years."""
        for name, rule in self.plan.get("parts", {}).items():
            metric = rule.get("of", name)
            weights = [Decimal(one) for one in rule.get("weights") or self.draw.sample(range(12, 99), len(rule["en"]))]
            for year in self.years:
                if "within" in rule:
                    whole = self.values[Key(rule["within"], str(year))]
                    self.values[Key(name, str(year))] = self._money(whole * self._level(name, *rule["share"]))
                shifted = [weight * self._between(0.93, 1.07) for weight in weights]
                given = [self.values[Key(rule["first"], str(year))]] if "first" in rule else []
                left = self.values[Key(metric, str(year))] - sum(given, ZERO)
                for number, part in enumerate([*given, *self._split(left, shifted[len(given) :], self.step)]):
                    self.values[Key(metric, str(year), GROUP, f"{name}:{number}")] = part

    def _matrices(self) -> None:
        """Tables whose columns are different metrics of one year, in the rules' order."""
        for name, matrix in self.plan.get("matrices", {}).items():
            for column, rule in matrix["columns"].items():
                found = self._column(name, column, rule, len(matrix["en"]))
                for number, value in enumerate(sorted(found, reverse=True) if rule.get("falling") else found):
                    self.values[Key(column, str(self.years[-1]), GROUP, f"{name}:{number}")] = value

    def _column(self, name: str, column: str, rule: Mapping[str, Any], count: int) -> list[Decimal]:
        year = str(self.years[-1])
        if "parts" in rule:
            step = self.step if self.terms[column].unit == "money" else Decimal("0.01")
            weights = [Decimal(one) for one in self.draw.sample(range(12, 99), count)]
            return self._split(self.values[Key(column, year)], weights, step)
        if "minus" in rule:
            one, other = ([self.values[Key(of, year, GROUP, f"{name}:{number}")] for number in range(count)] for of in rule["minus"])
            return [first - second for first, second in zip(one, other, strict=True)]
        if "over" in rule:
            above, below = rule["over"]
            whole = self.values[Key(below, year)]
            return [(self.values[Key(above, year, GROUP, f"{name}:{at}")] / whole).quantize(Decimal("0.0001")) for at in range(count)]
        if "within" in rule:
            whole = self.values[Key(rule["within"], year)]
            return [self._money(whole * self._between(*rule["share"])) for _ in range(count)]
        return [self._between(*rule["draw"]).quantize(Decimal(1).scaleb(-rule.get("digits", 4))) for _ in range(count)]

    def _quarters(self) -> None:
        """Flows of the last year by quarter."""
        for name in self.plan.get("quarters", ()):
            weights = [Decimal(self.draw.randrange(70, 130)) for _ in range(4)]
            whole = self.values[Key(name, str(self.years[-1]))]
            for number, part in enumerate(self._split(whole, weights, self.step), 1):
                self.values[Key(name, f"{self.years[-1]}Q{number}")] = part
