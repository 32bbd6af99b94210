"""Answers composed from computed values, without a model: lookups, ratios, growth, comparisons and yes/no, in the question's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from importlib import resources

import yaml

from finfoundry.ask.compose.answer_evidence import AnswerPart, NamedOperand, named_operand
from finfoundry.ask.compose.printed_numbers import PLAIN, rounded, show_number
from finfoundry.ask.compose.printed_rates import YearOf, share_as_printed
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.result_check import lines_of
from finfoundry.ask.compute.results import Computed, Movement, gained, movement_of, side_of, worth
from finfoundry.ask.lexicon.metric_terms import title
from finfoundry.ask.lexicon.polarity import TAKEN, polarity, turned
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.plan.shape import shape_of
from finfoundry.ask.understand.intent import Wish
from finfoundry.binding.expression import evaluate
from finfoundry.core.answer import Language
from finfoundry.core.formulas import Show, formulas

LEAST_SHARE = Decimal("0.0005")  # what is told as 0.0 %
LISTED = 8  # operands named under a computed figure
_PER_SHARE = re.compile(r"\bper\b.*\bshare\b|\bEPS\b", re.IGNORECASE)  # titles that say so themselves


@lru_cache(maxsize=1)
def templates() -> Mapping[Language, Mapping[str, str]]:
    text = resources.files("finfoundry.ask").joinpath("data/templates.yaml").read_text(encoding="utf-8")
    loaded: dict[Language, dict[str, str]] = yaml.safe_load(text)
    return loaded


def compose(
    plan: Plan,
    rows: Sequence[Sequence[Computed]],
    entity: str,
    wish: Wish,
    language: Language,
    *,
    moves: bool = True,
    year_of: YearOf | None = None,
) -> list[AnswerPart]:
    """The answer to a plan from its computed values (see ``carry_out``); ``moves``: of a line told of two times also how it moved, as
    printed where ``year_of`` finds it so.
    """
    writer = _Writer(entity, wish, language, moves=moves, year_of=year_of)
    if plan.ask == "compare":
        return [*writer.compared(plan, rows[0][-1], rows[1][-1]), *(writer.value(row[-1]) for row in rows[2:])]
    if plan.ask == "value":
        return writer.values(rows)
    return [part for row in rows for part in writer.say(plan, row)]


def figures_shown(values: Sequence[Computed], wish: Wish, language: Language) -> tuple[list[str], str]:
    """Each value as an answer prints it, and the time of the first in words."""
    writer = _Writer("", wish, language)
    return [writer.figure(one) for one in values], writer.when(values[0])


class _Writer:
    def __init__(self, entity: str, wish: Wish, language: Language, *, moves: bool = True, year_of: YearOf | None = None) -> None:
        self.entity = entity
        self.moves = moves
        self.year_of = year_of
        self.wish = wish
        self.language = language
        self.words = templates()[language]
        self.part = AnswerPart("")

    def say(self, plan: Plan, row: Sequence[Computed]) -> list[AnswerPart]:
        match plan.ask:
            case "sign":
                return [self._sign(plan, row[-1]), *self._basis(row[-1:])]
            case "norm":
                return [self._norm(plan, row[-1]), *self._basis(row[-1:])]
            case "limit":
                return [self._limit(plan, row[-1]), *self._basis(row[-1:])]
            case "extreme":
                return [self._extreme(plan, row), *map(self.value, row), *self._basis(row)]
            case "exists":
                return [self._exists(row[-1]), *self._basis(row[-1:])]
            case "direction":
                told = [self._direction(plan, row[0], row[-1]), *self._by_how_much(plan, row[0], row[-1])]
                return [*told, *self._basis([row[0], row[-1]])]
            case "change":
                told = self._change(row[0], row[-1], timed=plan.timed)
                return [*(reversed(told) if plan.level_first else told), *self._basis([row[0], row[-1]])]
            case _:
                return self.values([row])

    def values(self, rows: Sequence[Sequence[Computed]]) -> list[AnswerPart]:
        """All that was asked, then what it was computed from: of each row where that is too much for one sentence."""
        every = [computed for row in rows for computed in row]
        if basis := self._basis(every):
            return [*map(self.value, every), *basis]
        return [part for row in rows for part in (*map(self.value, row), *self._between(row), *(self._basis(row) if len(rows) > 1 else ()))]

    def _between(self, row: Sequence[Computed]) -> list[AnswerPart]:
        """How one printed line moved between two times that are told: who asks for both compares them."""
        if not self.moves or len(row) != 2 or any(one.lookup is None for one in row):
            return []
        first, last = sorted(row, key=lambda one: (one.span.year, one.span.through))
        alike = first.span.months == last.span.months and first.unit == last.unit
        if first.span == last.span or not alike or worth(first) == worth(last):
            return []
        return [self._moved_by(first, last)]

    def compared(self, plan: Plan, one: Computed, other: Computed) -> list[AnswerPart]:
        """Whether one metric is more, or less, than another."""
        more, less = worth(one) > worth(other), worth(one) < worth(other)
        verdict = self._verdict(more if plan.wanted == "more" else less)
        side = self.words["more" if more else "less" if less else "equal"]
        figure, against = self.figure(one), self.figure(other)
        key = "other_turned" if worth(other) < 0 and side_of(other) else "other"
        pair = {"figure": figure, "other": self.words[key].format(title=other.item.title, figure=against)}
        said = self._fill("compare" if plan.yes_no else "compared", one, verdict=verdict, side=side, when=self.when(one), **pair)
        return [said, *self._basis([one, other])]

    # sentences

    def value(self, computed: Computed) -> AnswerPart:
        """A value by its own name: a profit below zero is a loss, a growth below zero a fall."""
        if (movement := movement_of(computed)) is not None:
            return self._movement(movement)
        other = turned(computed.item.title) if worth(computed) < 0 and side_of(computed) else None
        told = replace(computed, item=replace(computed.item, title=other)) if other else computed
        made = polarity(told.item.title) == "loss" and side_of(told) and not (told.unit or "").endswith("/share")
        return self._fill("made" if made else "value", told, figure=self.figure(told), when=self.when(told))

    def _movement(self, movement: Movement) -> AnswerPart:
        size, up = movement.size, movement.way > 0
        figure = self._shown(replace(size, value=abs(size.value)))
        self.part.computed.append(size)
        span = {key: one.words(self.language) for key, one in (("first", movement.first), ("last", movement.last))}
        yearly = movement.first == movement.last.prior
        when = self.words["during"].format(span=span["last"]) if yearly else self.words["between"].format(**span)
        key = {"growth": "grown", "compound": "compounded", "change": "changed"}[movement.kind]
        moved = (self.words["yearly"] if yearly else "") + self.words[("grew" if movement.kind != "change" else "up") if up else "down"]
        return self._fill(key, replace(size, item=replace(size.item, title=movement.title)), figure=figure, moved=moved, when=when)

    def _sign(self, plan: Plan, computed: Computed) -> AnswerPart:
        value = gained(computed)
        sign = "positive" if value > 0 else "negative" if value < 0 else "zero"
        return self._fill(
            "sign", computed, verdict=self._verdict(sign == plan.wanted), sign=self.words[sign], figure=self.figure(computed),
            when=self.when(computed),
        )  # fmt: skip

    def _norm(self, plan: Plan, computed: Computed) -> AnswerPart:
        """A judgement by a norm. A custom of the field is said in words, since it is no figure of the filings; of the institution's own
        the level is printed.
        """
        item, name, norm = computed.item, computed.item.expression, computed.item.norm or Decimal(0)
        most = item.better == "lower"  # the norm is the highest level that is sound
        reached = computed.value <= norm if most else computed.value >= norm
        held = {"broken": not reached, "more": computed.value > norm, "less": computed.value < norm}.get(plan.wanted or "", reached)
        side = ("at_most" if reached else "above") if most else ("at_least" if reached else "below")
        if plan.wanted in ("more", "less"):  # it is asked on which side of the level it is, not whether that is the sound one
            side = "equal" if computed.value == norm else "more" if computed.value > norm else "less"
        known = formulas().get(name)
        called = title(name, self.language) if known else item.title
        return self._fill(
            "norm", replace(computed, item=replace(item, title=called)), verdict=self._verdict(held),
            figure=self.figure(computed), when=self.when(computed), side=self.words[side],
            norm=self.words[f"norm_{name}"] if plan.limit is None else self._level(norm, computed),
        )  # fmt: skip

    def _level(self, norm: Decimal, judged: Computed) -> str:
        """A norm of the institution with its level."""
        self.part.levels.append((norm, replace(judged, item=replace(judged.item, title=self.words["own_norm"]))))
        scale = max((operand.stored.fact.scale for operand in judged.operands.values()), default=Decimal(1))
        percent = judged.item.show == "percent" or (judged.item.show is None and judged.unit == "ratio" and scale < 1)
        exact = -int(norm.normalize().as_tuple().exponent)  # digits: the level is told as it was set
        wish = Wish(decimals=max(0, exact - 2)) if percent else Wish(decimals=max(2, exact)) if judged.unit == "ratio" else PLAIN
        level = show_number(norm, judged.unit, judged.item.show, wish, self.language, scale)
        return self.words["own_level"].format(level=level)

    def _limit(self, plan: Plan, computed: Computed) -> AnswerPart:
        """Whether a metric is more, or less, than a number of the question."""
        limit = plan.limit or Decimal(0)
        value = worth(computed)
        past = value > limit if plan.wanted == "more" else value < limit
        verdict = self._verdict(past or (plan.limit_counts and value == limit))
        side = self.words["more" if value > limit else "less" if value < limit else "equal"]
        shown = show_number(limit, computed.unit, computed.item.show, Wish(), self.language, Decimal(1), 0)
        shown = plan.limit_words or re.sub(r"\.0+(?![\d%])", "", shown)  # a round number as people say it
        return self._fill(
            "limit", computed, verdict=verdict, figure=self.figure(computed), side=side, limit=shown, when=self.when(computed)
        )

    def _extreme(self, plan: Plan, row: Sequence[Computed]) -> AnswerPart:
        """The year in which the value was highest, or lowest."""
        high = plan.wanted == "more"
        found = (max if high else min)(row, key=worth)
        return self._fill(
            "extreme", found, most=self.words["year_high" if high else "year_low"], figure=self.figure(found), when=self.when(found)
        )

    def _exists(self, computed: Computed) -> AnswerPart:
        verdict = self._verdict(computed.value != 0)
        return self._fill("exists", computed, verdict=verdict, figure=self.figure(computed), when=self.when(computed))

    def _direction(self, plan: Plan, first: Computed, last: Computed) -> AnswerPart:
        pair = self._pair(first, last)
        if worth(first) == worth(last):
            return self._fill("same", last, verdict=self.words["no"], **pair)
        up = worth(last) > worth(first)
        better = up == (last.item.better != "lower")
        judged = plan.wanted in ("better", "worse") or plan.wanted is None
        moved = self.words["better" if better else "worse"] if judged and last.item.better else self._way(first, last)
        if not plan.yes_no:
            return self._fill("moved", last, moved=moved, **pair)
        held = {"up": up, "down": not up, "better": better, "worse": not better}[plan.wanted or "up"]
        return self._fill("direction", last, verdict=self._verdict(held), moved=moved, **pair)

    def _by_how_much(self, plan: Plan, first: Computed, last: Computed) -> list[AnswerPart]:
        """Whoever asks which way an amount moved, and not whether it moved one way, is told by how much."""
        asked = self.moves and not plan.yes_no and worth(first) != worth(last)
        return [self._moved_by(first, last, timed=plan.timed)] if asked and _has_share(first, last) else []

    def _change(self, first: Computed, last: Computed, *, timed: bool) -> list[AnswerPart]:
        pair = self._pair(first, last)
        if worth(first) == worth(last):
            return [self._fill("same", last, verdict=self.words["no"], **pair)]
        said = self._fill("moved", last, moved=self._way(first, last), **pair)
        return [self._moved_by(first, last, timed=timed), said]

    def _moved_by(self, first: Computed, last: Computed, *, timed: bool = False) -> AnswerPart:
        """By how much a value moved, with its share of what it was where that says something."""
        difference = self._difference(first, last)
        if _has_share(first, last):
            difference = self.words["with_share"].format(figure=difference, share=self._share_moved(first, last))
        if timed:
            when = self.words["between"].format(first=first.span.words(self.language), last=last.span.words(self.language))
            return self._fill("changed_over", last, moved=self._way(first, last), figure=difference, when=when[0].upper() + when[1:])
        return self._fill("change", last, moved=self._way(first, last), difference=difference)

    def _way(self, first: Computed, last: Computed) -> str:
        """Of what is told on the other side of its title at both ends, an outflow that narrowed, that it improved."""
        if worth(last) <= worth(first):
            return self.words["down"]
        narrowed = worth(last) < 0 and side_of(last) not in (None, *TAKEN)
        return self.words["narrowed" if narrowed else "up"]

    def _pair(self, first: Computed, last: Computed) -> dict[str, str]:
        return {
            "first": self.figure(first), "first_when": self.when(first), "last": self.figure(last), "last_when": self.when(last),
        }  # fmt: skip

    def _basis(self, row: Iterable[Computed]) -> list[AnswerPart]:
        """The operands of what was computed, each with its figure."""
        operands = {operand.stored.id: operand for one in row if one.lookup is None for operand in one.operands.values()}
        if not operands or len(operands) > LISTED:
            return []
        named = [named_operand(operand, self.language) for operand in operands.values()]
        text = self.words["join"].join(map(self._operand, named))
        return [AnswerPart(self.words["basis"].format(operands=text), operands=named)]

    def _operand(self, named: NamedOperand) -> str:
        fact, label = named.operand.stored.fact, named.label
        if fact.scope == "parent":
            label = self.words["parent"].format(entity=label)  # this sentence does not name the company
        figure = show_number(named.value, fact.unit, None, PLAIN, self.language, fact.scale, fact.precision)
        if self.language == "zh" and figure.startswith("-"):
            label += "为"  # a minus right behind a bracket reads as a dash
        return self.words["operand"].format(label=label, figure=figure, when=self._span_words(named.operand))

    # parts

    def _fill(self, template: str, computed: Computed, **parts: str) -> AnswerPart:
        title = re.sub(r"\s+", " ", computed.item.title).strip()
        if template == "made":
            title = _small(title)
            parts["article"] = "an" if title[:1] in "aeiou" else "a"
        named = {"entity": apart(self.entity, self.language), "owner": owner(self.entity), "title": title, "verb": verb_of(title)}
        sentence = self.words[template].format(**named, **parts)
        done, self.part = self.part, AnswerPart("")
        done.text = sentence[0].upper() + sentence[1:]
        return done

    def figure(self, computed: Computed) -> str:
        """The figure, with a word in place of the minus where the value is on the other side of its title: "a loss of $5 million"."""
        self.part.computed.append(computed)
        value, side = worth(computed), side_of(computed)
        if value >= 0 or side is None:
            return self._with_percent(replace(computed, value=value), self._shown(replace(computed, value=value)))
        return self.words[f"{side}_turned"].format(figure=self._shown(replace(computed, value=-value)))

    def _with_percent(self, computed: Computed, shown: str) -> str:
        """A quotient of two lines below one, whose two digits say little, as a percentage, too: 5.71% (0.06). So also a percentage where
        decimals are asked for, and no percentage is.
        """
        item = computed.item
        if abs(computed.value) >= 1 or item.expression.isidentifier() or item.show not in ("ratio", "percent"):
            return shown
        if shape_of(computed.expression, lines_of(computed)).kind != "quotient":
            return shown
        share, quotient = (self._shown(replace(computed, item=replace(item, show=show))) for show in _BOTH)
        both = not quotient.endswith("%") and (item.show == "ratio" or (self.wish.decimals is not None and not self.wish.percent))
        return self.words["with_share"].format(figure=share, share=quotient) if both else shown

    def _shown(self, computed: Computed) -> str:
        facts = [operand.stored.fact for operand in computed.operands.values()]
        scale = max((fact.scale for fact in facts), default=Decimal(1))
        precision = max((fact.precision for fact in facts if fact.scale == scale), default=0)
        shown = show_number(computed.value, computed.unit, computed.item.show, self.wish, self.language, scale, precision)
        return shown.removesuffix(" per share") if _PER_SHARE.search(computed.item.title) else shown

    def _difference(self, first: Computed, last: Computed) -> str:
        """By how much a value moved, without a sign: the words around it say which way."""
        more, less = (last, first) if worth(last) > worth(first) else (first, last)
        minuend, taken = (f"({one.expression})" if worth(one) == one.value else f"(-({one.expression}))" for one in (more, less))
        moved = evaluate("more - less", {"more": worth(more), "less": worth(less)})  # to the digits that a replay computes
        change = Computed(last.item, last.span, moved, last.unit, f"{minuend} - {taken}", {**first.operands, **last.operands})
        self.part.computed.append(change)
        if _is_rate(last):
            decimals = self.wish.decimals if self.wish.decimals is not None else 2 if self.language == "zh" else 1
            return self.words["points"].format(figure=rounded(change.value * 100, decimals))
        return self._shown(change)

    def _share_moved(self, first: Computed, last: Computed) -> str:
        """The size of the same move as a percentage of the first."""
        more, less = (last, first) if worth(last) > worth(first) else (first, last)
        over, under, base = (f"({one.expression})" if worth(one) == one.value else f"(-({one.expression}))" for one in (more, less, first))
        share = evaluate("(more - less) / base", {"more": worth(more), "less": worth(less), "base": worth(first)})
        item = replace(last.item, show="percent")
        moved = Computed(item, last.span, share, "ratio", f"({over} - {under}) / {base}", {**first.operands, **last.operands})
        if self.year_of and first.lookup and last.lookup:
            moved = share_as_printed(moved, first.lookup.stored, last.lookup.stored, self.year_of)
        self.part.computed.append(moved)
        return self._shown(moved)

    def when(self, computed: Computed) -> str:
        """ "in FY2017", or "at the end of FY2017" when every operand is a balance of that very end."""
        balances = all("/" not in operand.stored.fact.period for operand in computed.operands.values())
        single = len({operand.span for operand in computed.operands.values()}) == 1
        key = "at_end" if balances and single and computed.unit != "ratio" else "during"
        return self.words[key].format(span=computed.span.words(self.language))

    def _span_words(self, operand: Operand) -> str:
        key = "during" if "/" in operand.stored.fact.period else "at_end"
        return self.words[key].format(span=operand.span.words(self.language))

    def _verdict(self, held: bool) -> str:
        return self.words["yes" if held else "no"]


_BOTH: tuple[Show, Show] = ("percent", "ratio")


def _has_share(first: Computed, last: Computed) -> bool:
    """Whether what it moved by is a share of what it was that says something: of an amount, on one side of zero, and not 0.0 %."""
    if worth(first) <= 0 or worth(last) < 0 or _is_rate(last):
        return False
    return abs(worth(last) / worth(first) - 1) >= LEAST_SHARE


def _is_rate(computed: Computed) -> bool:
    """Whether it is told as a percentage, whose moves are points."""
    return computed.item.show == "percent" or (computed.item.show is None and computed.unit == "ratio")


def owner(name: str) -> str:
    """The possessive of a name: "Ross Stores'", "UPS's", "McDonald's"."""
    return name if name.endswith(("'s", "’s")) else f"{name}'" if name.endswith("s") else f"{name}'s"


def apart(name: str, language: Language) -> str:
    """A name as it stands before other words: one in Latin letters is set off from Han characters."""
    return f"{name} " if language == "zh" and name[-1:].isascii() and name else name


def _small(title: str) -> str:
    """A label within a sentence: without its capital, unless these are initials."""
    return title[0].lower() + title[1:] if title[1:2].islower() else title


def verb_of(title: str) -> str:
    """Was or were, by the noun that the title is about: "additions to content were", "debt as % of sales was"."""
    words = re.split(r"\s(?:as|of|to|in|for|from|on|per|than|less)\s|\s[(（]", title)[0].split()
    last = words[-1] if words else ""
    return "were" if last.endswith("s") and not last.endswith(("ss", "us", "is")) and not last.isupper() else "was"
