"""Whether an answer states the figures that are true, and no other figure in their place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from finfoundry.core.quantities.numbers import PrintedNumber
from finfoundry.evals.judging.periods import parent, quarters
from finfoundry.evals.judging.sentences import Sentence, folded
from finfoundry.evals.judging.stated_figures import Stated, stated
from finfoundry.evals.judging.terms import terms
from finfoundry.evals.judging.truth import TrueFigure, Truth

COARSE = Decimal("0.02")  # of its value: a figure printed in larger steps states nothing
FRACTION = Decimal("0.01")  # a share printed as a fraction: 0.58
CLOSE = Decimal("1.02")  # a half rounded the other way
MONEY = frozenset({None, "USD/share", "CNY/share"})
_ASKS_PERCENT = re.compile(r"\bpercents?\b|\bpercentage\b|\bin %|百分之|百分比|%", re.IGNORECASE)
_BARE = re.compile(r"\W*[-(]?\s*[$€£¥]?\s*-?[\d,]+(?:\.\d+)?\)?\s*%?\W*")


def figure_faults(truth: Truth, question: str, found: Sequence[Sentence], text: str) -> list[str]:
    """What is wrong with the figures of an answer: one that is missing, or one that contradicts the truth."""
    change = any(one.change for one in truth.figures)
    every = list(stated(found, truth, question, change=change))
    faults = []
    places: list[int] = []
    for wanted in truth.figures:
        same = [one for one in every if _is(one.value, one.number, wanted, truth, question, text)]
        right = [one for one in same if not _misplaced(one, wanted, truth, question)]
        if not right:
            why = _misplaced(same[0], wanted, truth, question) if same else ""
            faults.append(f"{wanted.value.normalize():f} is not stated{f': {why}' if why else ''}")
        elif all(one.term is None for one in right):
            places.append(every.index(right[0]))
    if places != sorted(places):
        faults.append("the figures are in another order than asked for")
    if not faults:
        faults += [f"it also says {one.number.text}" for one in every if _stands_against(one, truth, question, text)][:1]
    return faults


def _is(value: Decimal, number: PrintedNumber, wanted: TrueFigure, truth: Truth, question: str, text: str) -> bool:
    """Whether a printed number is the figure: its value, sign, scale and unit."""
    if wanted.form == "either" and not number.percent:
        wanted = replace(wanted, step=max(wanted.step, FRACTION))
    hundredth = (truth.money_scale or Decimal(0)) / 100  # two decimals in the unit asked for are enough
    return any(_near(form, step, wanted, hundredth) for form, step in _readings(value, number, wanted, truth, question, text))


def _near(value: Decimal, step: Decimal, wanted: TrueFigure, enough: Decimal) -> bool:
    """Whether a value equals the truth within the rounding of the answer and of the truth itself; an answer must not be coarse."""
    gold = wanted.value
    if wanted.signless:
        value, gold = abs(value), abs(gold)
    coarsest = wanted.step or max(abs(gold) * COARSE, min(enough, abs(gold) / 10), wanted.known)
    return value == gold or (step <= coarsest and abs(value - gold) <= max(step, wanted.known, wanted.step) / 2 * CLOSE)


def _readings(
    value: Decimal, number: PrintedNumber, wanted: TrueFigure, truth: Truth, question: str, text: str
) -> list[tuple[Decimal, Decimal]]:  # fmt: skip
    """What a number may mean where such a figure is asked for, with the worth of its last digit; nothing where its unit forbids it."""
    step, unit, form = number.step, number.unit, wanted.form
    if number.points != (form == "points"):
        return []
    if form == "points":
        return [(value, step)]
    if form in ("percent", "either", "ratio") and (number.percent or unit in (None, "ratio")):
        return _shares(value, number, form, question)
    if number.percent:
        return []
    if form in ("count", "days", "shares"):
        return [(value, step)] if unit in (None, form, "count", "years" if form == "days" else form) else []
    if form not in ("money", "per share") or unit in ("count", "years", "months", "days", "ratio", "shares"):
        return []
    if unit and wanted.unit and unit.split("/")[0] != wanted.unit:
        return []
    if number.scale == 1 and truth.money_scale and (unit is None or _BARE.fullmatch(text)):
        return [(value * truth.money_scale, step * truth.money_scale), (value, step)]
    return [(value, step)]


def _shares(value: Decimal, number: PrintedNumber, form: str, question: str) -> list[tuple[Decimal, Decimal]]:
    step = number.step
    if number.percent or form != "percent":
        return [(value, step)]
    if number.unit == "ratio":
        return []  # "12.3 times" is no percentage
    if _ASKS_PERCENT.search(question):
        return [(value / 100, step / 100)]
    return [(value, step)] if abs(value) < 1 else []


def _misplaced(one: Stated, wanted: TrueFigure, truth: Truth, question: str) -> str:
    """Why a right number is said of the wrong thing; empty where it is not."""
    asked = frozenset(wanted.years or truth.years)
    if one.owner:
        return f"said of {one.owner}"
    if asked and one.years and not one.years & asked:
        return f"said of {min(one.years)}"
    if (of := quarters(question)) and one.quarters and not one.quarters & of:
        return "said of another quarter"
    if not of and one.quarters and not wanted.change:
        return "said of a quarter"
    scope, meant = parent(one.sentence), parent(question)
    if (scope is True and not meant) or (scope is False and meant):
        return "said of another scope"
    if one.term is None or not wanted.labels:
        return "" if one.known or one.term is None or _is_of_a_part(one, truth.labels) else f"said of {one.term.name}"
    own = {name for label in wanted.labels for term in terms(label, truth.labels) for name in (term.concept, term.name)}
    of_it = one.term.concept in own or one.term.name in own or _is_of_a_part(one, wanted.labels)
    return "" if of_it else f"said of {one.term.name}"


def _is_of_a_part(one: Stated, labels: Sequence[str]) -> bool:
    """Whether the whole that is named last before a figure stands right behind its part: "motor gross written premiums"."""
    before, whole = folded(one.sentence[: one.number.start]), re.escape(one.term.name) if one.term else ""
    return any(re.search(rf"(?<![a-z]){re.escape(folded(label))}(?:['’]s)?\s*的?\s*{whole}(?!.*{whole})", before) for label in labels)


def _stands_against(one: Stated, truth: Truth, question: str, text: str) -> bool:
    """Whether a figure is stated in place of a true one: of the same kind, and nothing says that it is of something else."""
    change = any(wanted.change for wanted in truth.figures)
    if one.operand or one.origin or (change and one.level) or (one.moved and not change) or _is_of_the_year_before(one, question):
        return False
    alike = [wanted for wanted in truth.figures if _alike(one, wanted)]
    if not alike or any(_is(one.value, one.number, wanted, truth, question, text) or _rounds(one, wanted) for wanted in truth.figures):
        return False
    return not any(_misplaced(one, wanted, truth, question) for wanted in alike)


_YEAR_BEFORE_ZH = re.compile(r"(?<![比较較])(?:上年|去年|上期)(?:同期|[末底])?[^，,；;。增减升降至到达]{0,6}$")
_COMPARED_WITH = re.compile(r"\b(?:compared\s+(?:to|with)|against|versus|vs\.?)\s*$", re.IGNORECASE)
_YEAR_BEFORE = re.compile(
    r"\W*\b(?:a\s+year\s+(?:before|earlier|ago)|(?:the|in\s+the)\s+(?:year\s+before|(?:prior|previous)\s+year)|last\s+year)\b",
    re.IGNORECASE,
)
_ASKS_YEAR_BEFORE = re.compile(r"上年|去年|上期|\b(?:last|prior|previous)\s+year\b|\byear\s+(?:before|earlier|ago)\b", re.IGNORECASE)


def _is_of_the_year_before(one: Stated, question: str) -> bool:
    """Whether words say that a figure is the year before's, which is not asked for: 上年末为84个, "compared with 84 a year before"."""
    before, behind = one.sentence[: one.number.start], one.sentence[one.number.end :]
    said = _YEAR_BEFORE_ZH.search(before) or (_COMPARED_WITH.search(before) and _YEAR_BEFORE.match(behind))
    return bool(said) and not _ASKS_YEAR_BEFORE.search(question)


def _alike(one: Stated, wanted: TrueFigure) -> bool:
    number = one.number
    if number.points != (wanted.form == "points"):
        return False
    if wanted.form in ("percent", "points"):
        return number.percent
    if wanted.form in ("ratio", "either"):
        return number.unit in (None, "ratio") and (number.precision > 0 or number.percent)
    if number.percent:
        return False
    if wanted.form in ("money", "per share"):
        bare = number.unit is None and number.scale == 1 and "," not in number.text and number.precision == 0
        return number.unit not in ("count", "years", "months", "days", "ratio", "shares") and not bare
    return number.unit in (None, wanted.form, "count")


def _rounds(one: Stated, wanted: TrueFigure) -> bool:
    """Whether a figure only says the true one again, in larger steps."""
    value, gold = (abs(one.value), abs(wanted.value)) if wanted.signless else (one.value, wanted.value)
    return abs(value - gold) <= one.number.step / 2 * CLOSE and one.number.step <= abs(gold) / 5
