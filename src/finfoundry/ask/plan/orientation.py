"""Which sign of a result means yes: the model computes a difference, and the question says which way round it is asked."""

from __future__ import annotations

import ast
from typing import Literal

from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.plan.rules import DOWN, NEGATIVE, POSITIVE, UP
from finfoundry.ask.plan.shape import Years, names_under, shape_of
from finfoundry.ask.plan.yes_no import LESS, MORE
from finfoundry.ask.understand.intent import Intent, without_mentions

Sign = Literal["positive", "negative"]


def sign_of_yes(expression: str, lines: Years, intent: Intent) -> Sign | None:
    """The sign of the result that answers yes; None where the question leaves it open (no direction, or both; not both lines), or where the
    expression is no level, difference or growth.
    """
    shape = shape_of(expression, lines)
    plain = without_mentions(intent, intent.masked)
    match shape.kind:
        case "difference" | "growth" | "compound":
            more = _one_way(bool(UP.search(plain) or MORE.search(plain)), bool(DOWN.search(plain) or LESS.search(plain)))
            forward: bool | None = shape.forward
        case "less" if shape.right is not None:
            more = _one_way(bool(MORE.search(plain)), bool(LESS.search(plain)))
            forward = True if isinstance(shape.right, ast.Constant) else _in_order(shape.left, shape.right, lines, intent)
        case "level":
            more, forward = _one_way(bool(POSITIVE.search(plain)), bool(NEGATIVE.search(plain))), True
        case _:
            return None
    if more is None or forward is None:
        return None
    return "positive" if more == forward else "negative"


def _one_way(up: bool, down: bool) -> bool | None:
    return None if up == down else up


def _in_order(left: ast.expr, right: ast.expr, lines: Years, intent: Intent) -> bool | None:
    """Whether the question names the lines of the left side before those of the right; None where it does not name both apart."""
    places = [_place([lines[name][0] for name in names_under(side) if name in lines], intent.core) for side in (left, right)]
    first, second = places
    return None if first is None or second is None or first == second else first < second


def _place(labels: list[str], core: str) -> int | None:
    """The offset in a question of the first word that one of these labels has; None where it has none of them."""
    wanted = {token.text for label in labels for token in tokens(label)}
    return next((token.start for token in tokens(core) if token.text in wanted), None)
