"""The name of a computed result, from its expression: "growth in net sales", "goodwill as a percentage of total assets"."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from finfoundry.ask.plan.shape import ExpressionShape, Years, names_under, shape_of
from finfoundry.core.answer import Language
from finfoundry.core.formulas import Show

_NAMES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "growth": "growth in {left}", "compound": "compound annual growth in {left}", "difference": "change in {left}",
        "decrease": "decrease in {left}", "mean": "average {left}", "percent": "{left} as a percentage of {right}",
        "quotient": "ratio of {left} to {right}", "less": "{left} less {right}", "sum": "{left} plus {right}",
        "comma": ", ", "all": "the sum of {first} and {last}",
        "multiple": "{left} as a multiple of the earlier year's",
        "days": "{left} in days", "product": "{left} times {right}", "group": "({})", "minus": "minus {left}",
    },
    "zh": {
        "growth": "{left}增长率", "compound": "{left}年复合增长率", "difference": "{left}变动额", "decrease": "{left}减少额",
        "mean": "平均{left}",
        "percent": "{left}占{right}的比例", "quotient": "{left}与{right}之比", "less": "{left}减{right}", "sum": "{left}加{right}",
        "comma": "、", "all": "{first}与{last}之和",
        "multiple": "{left}与较早年度之比", "days": "{left}（天数）",
        "product": "{left}乘以{right}", "group": "（{}）", "minus": "负{left}",
    },
}  # fmt: skip


def name_of(expression: str | ast.expr, lines: Years, show: Show | None, language: Language) -> str:
    """What an expression over these lines is, in words; ``lines`` gives each name's label and year."""
    words, shape = _NAMES[language], shape_of(expression, lines)
    key = _key(shape, show)
    if key == "level":
        return _level(shape.left, lines, words)
    if key == "other":
        return _product(shape.left, lines, show, language)
    if key == "sum" and len(added := _added(shape)) > 2:
        *first, last = (_side(one, lines, show, language) for one in added)
        return words["all"].format(first=words["comma"].join(first), last=last)
    left = _mean(shape.left, lines, language) if key == "mean" else _side(shape.left, lines, show, language)
    right = _side(shape.right, lines, show, language) if shape.right is not None else ""
    return words[key].format(left=left, right=right)


def _added(shape: ExpressionShape) -> list[ast.expr]:
    """What a sum adds up, from left to right."""
    match shape.left:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            before = _added(ExpressionShape("sum", left, right))
        case one:
            before = [one]
    return [*before, shape.right] if shape.right is not None else before


def _key(shape: ExpressionShape, show: Show | None) -> str:
    if shape.kind == "difference" and not shape.forward:
        return "decrease"
    return "percent" if shape.kind == "quotient" and show == "percent" else shape.kind


def _level(node: ast.expr, lines: Years, words: Mapping[str, str]) -> str:
    if isinstance(node, ast.UnaryOp):
        return words["minus"].format(left=_level(node.operand, lines, words))
    return lines[node.id][0] if isinstance(node, ast.Name) and node.id in lines else ast.unparse(node)


def _mean(node: ast.expr, lines: Years, language: Language) -> str:
    """What a mean is of: the one line whose years are added up, else the sum in brackets."""
    labels = list(dict.fromkeys(lines[name][0] for name in names_under(node) if name in lines))
    return labels[0] if len(labels) == 1 else _NAMES[language]["group"].format(name_of(node, lines, None, language))


def _side(node: ast.expr, lines: Years, show: Show | None, language: Language) -> str:
    """One side of an expression; in brackets where it is itself made of several lines and could be read in two ways."""
    name = name_of(node, lines, show, language)
    shape = shape_of(node, lines)
    plain = shape.kind in ("level", "mean", "growth", "compound") or isinstance(node, ast.Constant)
    return name if plain or (shape.kind == "sum" and len(_added(shape)) > 2) else _NAMES[language]["group"].format(name)


def _product(node: ast.expr, lines: Years, show: Show | None, language: Language) -> str:
    match node:
        case ast.BinOp(left=ast.Constant(), op=ast.Mult(), right=right) if show == "days":
            return _NAMES[language]["days"].format(left=name_of(right, lines, None, language))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            sides = (_side(left, lines, None, language), _side(right, lines, None, language))
            return _NAMES[language]["product"].format(left=sides[0], right=sides[1])
        case ast.Constant(value=value):
            return str(value)
    return " ".join(dict.fromkeys(lines[name][0] for name in names_under(node) if name in lines))
