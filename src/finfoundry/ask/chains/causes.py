"""The causes of a movement: of the figures that a figure is made of, the one whose own movement accounts for most of it, and its causes.

How much a cause accounts for is the change of the effect when that cause alone moves, the mean of two: with the others as they were before,
and as they are now (of two causes this is the Shapley value). A link holds where the definition gives the effect's value at both ends and
the cause pushed it the way that it went.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib import resources

import yaml

from finfoundry.ask.chains.moves import MetricMove, Moves
from finfoundry.ask.lexicon.formula import names_in, parse
from finfoundry.binding.expression import evaluate
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import formulas

LONGEST = 5  # links of a chain: people follow no more
LEAST_SHARE = Decimal("0.25")  # of the effect's change that a cause must account for to be one at all
MOST = Decimal("0.5")  # of the effect's change, above which a cause is named
OUTWEIGHS = Decimal("1.5")  # how many times as much it did as any other cause, whichever way that one pushed: else that one counts as well
APART = Decimal("0.005")  # of the effect's value, what a definition may miss by: statements round their lines


@dataclass(frozen=True, slots=True)
class CausalLink:
    """That ``effect`` moved since ``cause`` did, by a definition of the effect. ``share``: of the effect's change, 1 where it is all; more
    than 1 where other causes pushed the other way.
    """

    cause: MetricMove
    effect: MetricMove
    definition: str
    share: Decimal
    lines: Mapping[str, str]  # what lines of a statement are printed as, by their names in the definition

    @property
    def spelled(self) -> str:
        """The definition with the lines of a statement as printed, in quotes."""
        return re.sub(r"[a-z]\w*", lambda name: f'"{self.lines[name[0]]}"' if name[0] in self.lines else name[0], self.definition)


@lru_cache(maxsize=1)
def definitions() -> Mapping[str, Sequence[str]]:
    """What figures are made of (``data/causes.yaml``)."""
    told: dict[str, list[str]] = yaml.safe_load(resources.files("finfoundry.ask").joinpath("data/causes.yaml").read_text("utf-8"))
    return told


def chain_of(effect: MetricMove, moves: Moves) -> list[CausalLink]:
    """The links from the first cause to the conclusion, in this order; empty where the effect did not move or nothing accounts for it."""
    links = list[CausalLink]()
    known = {effect.name}
    while len(links) < LONGEST and (link := _strongest(effect, moves, known)):
        links.append(link)
        known.add(link.cause.name)
        effect = link.cause
    return links[::-1]


def _strongest(effect: MetricMove, moves: Moves, known: set[str]) -> CausalLink | None:
    """The cause that accounts for most of a movement, by the sum that the statement prints, else by the first definition that gives it;
    None where it does not do so alone.
    """
    if not effect.change:
        return None
    printed, *others = made_of(effect, moves)
    if printed and (link := _sole(effect, printed, moves, known)):
        return link
    for definition in others:
        if any(link.share >= LEAST_SHARE for link in links_of(effect, definition, moves)):
            return _sole(effect, definition, moves, known)
    return None


def _sole(effect: MetricMove, definition: str, moves: Moves, known: set[str]) -> CausalLink | None:
    links = sorted(links_of(effect, definition, moves), key=lambda link: -link.share)
    if not links or links[0].cause.name in known or links[0].share <= MOST:
        return None
    most, *others = links
    return most if all(abs(link.share) * OUTWEIGHS <= most.share for link in others) else None


def made_of(effect: MetricMove, moves: Moves) -> list[str]:
    """What an effect is made of: the sum that its statement prints, empty where it prints none; then the definitions, of a formula that has
    none its own.
    """
    formula = formulas().get(effect.name)
    told = definitions().get(effect.name, [formula.expression] if formula else ())
    named = list(dict.fromkeys(name for text in told for name in sorted(names_in(text))))
    return [moves.parts(effect, [*named, *definitions()]) or "", *told]


def links_of(effect: MetricMove, definition: str, moves: Moves) -> Iterator[CausalLink]:
    """A link from each part of a definition that moved; none where a part is not there, the definition does not give the effect, or what it
    divides by changed its sign: a ratio that jumps so neither rose nor fell.
    """
    parts = [moves(name) for name in sorted(names_in(definition))]
    whole = [part for part in parts if part is not None]
    if len(whole) < len(parts):
        return
    first, last = {one.name: one.first.value for one in whole}, {one.name: one.last.value for one in whole}
    try:
        given = [evaluate(definition, side) for side in (first, last)]
        if any(abs(value - end.value) > APART * abs(end.value) for value, end in zip(given, (effect.first, effect.last), strict=True)):
            return
        made = [definition, *(formulas()[name].expression for name in first if name in formulas())]
        if any(_turned(divisor, moves) for text in made for divisor in _divisors(text)):
            return
        lines = {one.name: one.called for one in whole if one.called != one.name}
        for part in (one for one in whole if one.change):
            forward = evaluate(definition, first | {part.name: last[part.name]}) - given[0]
            backward = given[1] - evaluate(definition, last | {part.name: first[part.name]})
            yield CausalLink(part, effect, definition, (forward + backward) / 2 / effect.change, lines)
    except PlanError:
        return


def _turned(divisor: str, moves: Moves) -> bool:
    """Whether what is divided by changed its sign; not where no one can say."""
    parts = [part for name in names_in(divisor) if (part := moves(name))]
    try:
        first = evaluate(divisor, {one.name: one.first.value for one in parts})
        last = evaluate(divisor, {one.name: one.last.value for one in parts})
    except PlanError:
        return False
    return first * last <= 0


@lru_cache(maxsize=256)
def _divisors(definition: str) -> tuple[str, ...]:
    """What a definition divides by, as arithmetic of its own."""
    found = [node.right for node in ast.walk(parse(definition)) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)]
    return tuple(ast.unparse(node) for node in found)
