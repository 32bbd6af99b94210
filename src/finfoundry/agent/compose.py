"""Answers composed from computed values, without a model: lookups, ratios, growth, comparisons and yes/no, in the question's language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from importlib import resources

import yaml

from finfoundry.agent.compute import Computed
from finfoundry.agent.operands import Operand
from finfoundry.agent.plan import Plan
from finfoundry.agent.printing import rounded, show_number
from finfoundry.agent.sources import StoredFact
from finfoundry.agent.understand import Wish
from finfoundry.core.answer import Language

PLAIN = Wish()
LISTED = 8  # operands named under a computed figure


@lru_cache(maxsize=1)
def templates() -> Mapping[Language, Mapping[str, str]]:
    text = resources.files("finfoundry.agent").joinpath("data/templates.yaml").read_text(encoding="utf-8")
    loaded: dict[Language, dict[str, str]] = yaml.safe_load(text)
    return loaded


@dataclass(slots=True)
class Draft:
    """A text with markers, and what stands behind it: facts in the order of their markers, calculations."""

    text: str = ""
    cited: list[StoredFact] = field(default_factory=list)
    computed: list[Computed] = field(default_factory=list)

    def marker(self, stored: StoredFact) -> str:
        """The marker of a fact, given on first use."""
        known = [item.id for item in self.cited]
        if stored.id not in known:
            self.cited.append(stored)
            return f"[{len(self.cited)}]"
        return f"[{known.index(stored.id) + 1}]"


def compose(plan: Plan, rows: Sequence[Sequence[Computed]], entity: str, wish: Wish, language: Language) -> Draft:
    """The answer to a plan from its computed values (see ``carry_out``)."""
    writer = _Writer(entity, wish, language)
    sentences = [sentence for row in rows for sentence in writer.say(plan, row)]
    writer.draft.text = ("" if language == "zh" else " ").join(sentences)
    return writer.draft


class _Writer:
    def __init__(self, entity: str, wish: Wish, language: Language) -> None:
        self.entity = entity
        self.wish = wish
        self.language = language
        self.words = templates()[language]
        self.draft = Draft()

    def say(self, plan: Plan, row: Sequence[Computed]) -> list[str]:
        match plan.ask:
            case "sign":
                return [self._sign(plan, row[-1]), *self._basis(row[-1:])]
            case "direction":
                return [self._direction(plan, row[0], row[-1]), *self._basis([row[0], row[-1]])]
            case "change":
                return [self._change(row[0], row[-1]), *self._basis([row[0], row[-1]])]
            case _:
                return [*(self._value(computed) for computed in row), *self._basis(row)]

    # sentences

    def _value(self, computed: Computed) -> str:
        return self._fill("value", computed, figure=self._figure(computed), when=self.when(computed), cite=self._cite([computed]))

    def _sign(self, plan: Plan, computed: Computed) -> str:
        sign = "positive" if computed.value > 0 else "negative" if computed.value < 0 else "zero"
        return self._fill(
            "sign", computed, verdict=self._verdict(sign == plan.wanted), sign=self.words[sign], figure=self._figure(computed),
            when=self.when(computed), cite=self._cite([computed]),
        )  # fmt: skip

    def _direction(self, plan: Plan, first: Computed, last: Computed) -> str:
        pair = self._pair(first, last)
        if first.value == last.value:
            return self._fill("same", last, verdict=self.words["no"], **pair)
        up = last.value > first.value
        better = up == (last.item.better != "lower")
        judged = plan.wanted in ("better", "worse") or plan.wanted is None
        moved = self.words[("better" if better else "worse") if judged and last.item.better else ("up" if up else "down")]
        if not plan.yes_no:
            return self._fill("moved", last, moved=moved, **pair)
        held = {"up": up, "down": not up, "better": better, "worse": not better}[plan.wanted or "up"]
        return self._fill("direction", last, verdict=self._verdict(held), moved=moved, **pair)

    def _change(self, first: Computed, last: Computed) -> str:
        moved = self.words["up" if last.value > first.value else "down"]
        pair = self._pair(first, last)
        if first.value == last.value:
            return self._fill("same", last, verdict=self.words["no"], **pair)
        return self._fill("change", last, moved=moved, difference=self._difference(first, last), **pair)

    def _pair(self, first: Computed, last: Computed) -> dict[str, str]:
        return {
            "first": self._figure(first), "first_when": self.when(first), "last": self._figure(last), "last_when": self.when(last),
            "cite": self._cite([first, last]),
        }  # fmt: skip

    def _basis(self, row: Sequence[Computed]) -> list[str]:
        """The operands of what was computed, each with its figure and marker."""
        named: dict[str, Operand] = {}
        for computed in row:
            if computed.lookup is None:
                named |= computed.operands
        if not named or len(named) > LISTED:
            return []
        parts = [self._operand(operand) for operand in named.values()]
        return [self.words["basis"].format(operands=self.words["join"].join(parts))]

    def _operand(self, operand: Operand) -> str:
        fact = operand.stored.fact
        figure = show_number(fact.value, fact.unit, None, PLAIN, self.language, fact.scale, fact.precision)
        label = fact.metric[-1] if fact.metric else operand.name.replace("_", " ")
        when = self._span_words(operand)
        return self.words["operand"].format(label=label, figure=figure, when=when, cite=self._marks([operand]))

    # parts

    def _fill(self, template: str, computed: Computed, **parts: str) -> str:
        title = re.sub(r"\s+", " ", computed.item.title).strip()
        sentence = self.words[template].format(entity=self.entity, title=title, verb=_verb(title), **parts)
        return sentence[0].upper() + sentence[1:]

    def _figure(self, computed: Computed) -> str:
        self.draft.computed.append(computed)
        facts = [operand.stored.fact for operand in computed.operands.values()]
        scale = max((fact.scale for fact in facts), default=Decimal(1))
        precision = max((fact.precision for fact in facts if fact.scale == scale), default=0)
        return show_number(computed.value, computed.unit, computed.item.show, self.wish, self.language, scale, precision)

    def _difference(self, first: Computed, last: Computed) -> str:
        change = Computed(
            last.item, last.span, last.value - first.value, last.unit, f"({last.expression}) - ({first.expression})",
            {**first.operands, **last.operands},
        )  # fmt: skip
        if last.item.show == "percent" or (last.item.show is None and last.unit == "ratio"):
            self.draft.computed.append(change)
            decimals = self.wish.decimals if self.wish.decimals is not None else 2 if self.language == "zh" else 1
            return self.words["points"].format(figure=rounded(change.value * 100, decimals))
        return self._figure(change)

    def when(self, computed: Computed) -> str:
        """ "in FY2017", or "at the end of FY2017" when every operand is a balance of that very end."""
        balances = all("/" not in operand.stored.fact.period for operand in computed.operands.values())
        single = len({operand.span for operand in computed.operands.values()}) == 1
        key = "at_end" if balances and single and computed.unit != "ratio" else "during"
        return self.words[key].format(span=computed.span.words(self.language))

    def _span_words(self, operand: Operand) -> str:
        key = "during" if "/" in operand.stored.fact.period else "at_end"
        return self.words[key].format(span=operand.span.words(self.language))

    def _cite(self, row: Sequence[Computed]) -> str:
        """Markers beside a figure that was looked up; a computed one shows them with its operands."""
        operands = [operand for computed in row for operand in computed.operands.values()]
        looked_up = all(computed.lookup is not None for computed in row)
        return self._marks(operands) if looked_up or len({operand.stored.id for operand in operands}) > LISTED else ""

    def _marks(self, operands: Sequence[Operand]) -> str:
        marks = list(dict.fromkeys(self.draft.marker(operand.stored) for operand in operands))
        return ("" if self.language == "zh" else " ") + "".join(marks)

    def _verdict(self, held: bool) -> str:
        return self.words["yes" if held else "no"]


def _verb(title: str) -> str:
    last = title.split()[-1] if title.split() else ""
    return "were" if last.endswith("s") and not last.endswith(("ss", "us", "is")) and not last.isupper() else "was"
